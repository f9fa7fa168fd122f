package eu.sermas.bus.broker;

import eu.sermas.bus.packet.Packet;

/// One connected client, from CONNACK until its connection is gone. All methods on the owner loop.
public interface Client {

    /// A packet that came after CONNECT.
    void receive(Packet packet);

    /// The connection is closed, whoever closed it. The transport says this exactly once.
    void connectionClosed();
}
