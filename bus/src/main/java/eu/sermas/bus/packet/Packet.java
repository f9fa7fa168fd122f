package eu.sermas.bus.packet;

/// An MQTT control packet. One shape serves all protocol versions: what MQTT 3 lacks is empty
/// (properties) or translated by the codec (return codes).
public sealed interface Packet
        permits Connect,
                ConnAck,
                Publish,
                PubAck,
                PubRec,
                PubRel,
                PubComp,
                Subscribe,
                SubAck,
                Unsubscribe,
                UnsubAck,
                PingReq,
                PingResp,
                Disconnect,
                Auth {

    /// The server's and the client's limit for packet identifiers; 0 is no identifier.
    int MAX_PACKET_ID = 65_535;
}
