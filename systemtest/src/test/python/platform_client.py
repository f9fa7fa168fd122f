"""A client that makes the calls of the platform's documentation, in their order.

Arguments: the URL of the broker, the token, the app, and when to use TLS in a WebSocket: `https`
(where the URL says so) or `always`. `ENV=development` chooses plain TCP, as documented. Ends when
a message has arrived, and with status 1 where none does.
"""

import json
import os
import ssl
import sys
import threading
import uuid
from urllib.parse import urlparse

import paho.mqtt.client as mqtt
import paho.mqtt.subscribeoptions

url, token, app_id, tls = sys.argv[1:]
api = {}
if hasattr(mqtt, 'CallbackAPIVersion'):
    api['callback_api_version'] = mqtt.CallbackAPIVersion.VERSION1

if os.getenv('ENV') == 'development':
    client = mqtt.Client(client_id=str(uuid.uuid4()), **api)
else:
    client = mqtt.Client(client_id=str(uuid.uuid4()), transport='websockets', **api)
    if tls == 'always' or urlparse(url).scheme == 'https':
        client.tls_set_context(ssl.create_default_context())
client.username_pw_set(username=token, password='sermas')

arrived = threading.Event()


def on_message(client, userdata, msg):
    print('received', msg.topic, msg.payload.decode(), flush=True)
    arrived.set()


client.on_message = on_message
client.connect(urlparse(url).hostname, urlparse(url).port)
client.loop_start()

options = paho.mqtt.subscribeoptions.SubscribeOptions(qos=1, noLocal=True)
client.subscribe(f'app/{app_id}/performance', options=options)
client.publish(f'app/{app_id}/ui/status', json.dumps({'appId': app_id, 'randomInfo': 'fine'}))

ok = arrived.wait(timeout=15)
client.disconnect()
client.loop_stop()
sys.exit(0 if ok else 1)
