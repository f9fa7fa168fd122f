#!/usr/bin/env python3
"""Fetches a token, listens to the events of an app and publishes one.

Runs with paho-mqtt 1.6 and 2.x. Try it against the demo application:

    ./sermas-bus dev
    python3 samples/python/mqtt_sample.py
"""

import argparse
import json
import ssl
import threading
import urllib.request
import uuid
from urllib.parse import urlparse

import paho.mqtt.client as mqtt


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--url', default='http://localhost:8080', help='the bus; https for TLS')
    parser.add_argument('--app', default='myapp')
    parser.add_argument('--client', default='my-app-client')
    parser.add_argument('--secret', default='secret-password')
    parser.add_argument('--transport', choices=['websockets', 'tcp'], default='websockets')
    return parser.parse_args()


def fetch_token(url, app, client, secret):
    """The user name for MQTT; the REST interface gives it for the client's secret."""
    body = json.dumps({'appId': app, 'clientId': client, 'clientSecret': secret})
    request = urllib.request.Request(
        f'{url}/api/platform/token', body.encode(), {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)['access_token']


def new_client(transport):
    options = {'client_id': str(uuid.uuid4()), 'transport': transport}
    if hasattr(mqtt, 'CallbackAPIVersion'):  # paho-mqtt 2 asks for it, 1.6 does not know it
        options['callback_api_version'] = mqtt.CallbackAPIVersion.VERSION1
    return mqtt.Client(**options)


def main():
    args = arguments()
    topic = f'app/{args.app}/ui/status'
    arrived = threading.Event()

    def on_connect(client, userdata, flags, code):
        print('Connected' if code == 0 else f'Refused with code {code}')
        client.subscribe(topic, qos=1)

    def on_subscribe(client, userdata, mid, granted):
        if granted[0] >= 0x80:
            print(f'No right to read {topic}')
            return
        client.publish(topic, json.dumps({'appId': args.app, 'info': 'All is OK'}), qos=1)

    def on_message(client, userdata, message):
        print(f'{message.topic}: {message.payload.decode()}')
        arrived.set()

    client = new_client(args.transport)
    client.on_connect = on_connect
    client.on_subscribe = on_subscribe
    client.on_message = on_message
    token = fetch_token(args.url, args.app, args.client, args.secret)
    client.username_pw_set(token, 'any password')  # the bus looks at the token only

    address = urlparse(args.url)
    if address.scheme == 'https':
        client.tls_set_context(ssl.create_default_context())
    if args.transport == 'websockets':
        client.ws_set_options(path='/mqtt')
    client.connect(address.hostname, address.port or 8080)
    client.loop_start()
    ok = arrived.wait(timeout=10)
    client.disconnect()
    client.loop_stop()
    return 0 if ok else 1


if __name__ == '__main__':
    raise SystemExit(main())
