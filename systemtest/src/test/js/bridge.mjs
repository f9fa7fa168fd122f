// Lets another process play scenarios with MQTT.js: one JSON object per line asks for a call and
// gets one line as its answer; each message that arrives is a line of its own, with a `topic`.
// Codes are taken from the packets, before the library interprets them.

import { createInterface } from 'node:readline';
import mqtt from 'mqtt';

const say = (object) => process.stdout.write(JSON.stringify(object) + '\n');

let client;
let lastAcknowledgement = {};

function connect({ url, options }) {
  return new Promise((resolve, reject) => {
    client = mqtt.connect(url, { ...options, reconnectPeriod: 0, connectTimeout: 10_000 });
    client.on('packetreceive', (packet) => {
      if (['suback', 'puback', 'pubrec', 'connack'].includes(packet.cmd)) {
        lastAcknowledgement = packet;
        if (packet.cmd === 'connack' && (packet.reasonCode || packet.returnCode)) {
          resolve({ refused: packet.reasonCode || packet.returnCode });
        }
      }
    });
    client.on('message', (topic, payload, { qos, retain }) =>
      say({ topic, payload: payload.toString('base64'), qos, retain }));
    client.on('connect', ({ sessionPresent }) => resolve({ sessionPresent }));
    client.on('error', reject);
  });
}

// The library calls a refused filter or publish an error; the packet says it better.
const calls = {
  connect,
  subscribe: ({ filters, qos }) => new Promise((resolve) => {
    client.subscribe(filters, { qos }, () => resolve({ codes: lastAcknowledgement.granted }));
  }),
  unsubscribe: ({ filter }) => client.unsubscribeAsync(filter).then(() => ({})),
  publish: ({ topic, payload, qos, retain }) => new Promise((resolve) => {
    lastAcknowledgement = {};
    client.publish(topic, Buffer.from(payload, 'base64'), { qos, retain }, () =>
      resolve({ code: lastAcknowledgement.reasonCode ?? 0 }));
  }),
  connected: async () => ({ connected: client.connected }),
  disconnect: () => client.endAsync().then(() => ({})),
};

for await (const line of createInterface({ input: process.stdin })) {
  const call = JSON.parse(line);
  try {
    say(await calls[call.operation](call));
  } catch (error) {
    say({ error: String(error) });
  }
}
process.exit(0);
