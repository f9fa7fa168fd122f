// A kiosk as the web toolkit drives it: MQTT 5 in a WebSocket, voice frames at QoS 2 in bursts of ten
// and a closing frame of JSON on the same topic. The listener must get each of them once and in
// order.
//
// Arguments: URL, token, topic.

import assert from 'node:assert/strict';
import mqtt from 'mqtt';

const [url, token, topic] = process.argv.slice(2);
const FRAMES = 100;
const FRAME_BYTES = 3072;
const BURST = 10;

const login = { protocolVersion: 5, username: token, password: 'mqtt', reconnectPeriod: 0 };
const kiosk = await mqtt.connectAsync(url, { ...login, clientId: 'kiosk', clean: true });
const listener = await mqtt.connectAsync(url, { ...login, clientId: 'listener', clean: true });

const received = [];
const closed = new Promise((resolve) => {
  listener.on('message', (_, payload) => {
    received.push(payload);
    if (payload[0] === '{'.charCodeAt(0) && payload.length < FRAME_BYTES) resolve();
  });
});
await listener.subscribeAsync(topic, { qos: 2 });

const frame = (number) => {
  const bytes = Buffer.alloc(FRAME_BYTES, number);
  bytes.writeUInt32BE(number);
  return bytes;
};
const send = (payload) => kiosk.publishAsync(topic, payload, { qos: 2 });
for (let first = 0; first < FRAMES; first += BURST) {
  await Promise.all(Array.from({ length: BURST }, (_, i) => send(frame(first + i))));
}
await send(JSON.stringify({ isSpeech: true }));
await closed;

assert.equal(received.length, FRAMES + 1);
received.slice(0, FRAMES).forEach((payload, number) => assert.deepEqual(payload, frame(number)));
assert.deepEqual(JSON.parse(received.at(-1)), { isSpeech: true });

await Promise.all([kiosk.endAsync(), listener.endAsync()]);
console.log('ok');
