package eu.sermas.bus.transport;

import eu.sermas.bus.packet.Auth;
import eu.sermas.bus.packet.ConnAck;
import eu.sermas.bus.packet.Connect;
import eu.sermas.bus.packet.Disconnect;
import eu.sermas.bus.packet.Packet;
import eu.sermas.bus.packet.PingReq;
import eu.sermas.bus.packet.PingResp;
import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Property;
import eu.sermas.bus.packet.PubAck;
import eu.sermas.bus.packet.PubComp;
import eu.sermas.bus.packet.PubRec;
import eu.sermas.bus.packet.PubRel;
import eu.sermas.bus.packet.Publish;
import eu.sermas.bus.packet.SubAck;
import eu.sermas.bus.packet.Subscribe;
import eu.sermas.bus.packet.UnsubAck;
import eu.sermas.bus.packet.Unsubscribe;

/// What a client that asked for no problem information gets, MQTT 5 section 3.1.2.11.7.
final class ProblemInformation {

    private ProblemInformation() {}

    /// The packet less Reason String and User Properties, which only PUBLISH, CONNACK and
    /// DISCONNECT may carry then [MQTT-3.1.2-29].
    static Packet without(Packet packet) {
        return switch (packet) {
            case PubAck p -> new PubAck(p.packetId(), p.reasonCode(), less(p.properties()));
            case PubRec p -> new PubRec(p.packetId(), p.reasonCode(), less(p.properties()));
            case PubRel p -> new PubRel(p.packetId(), p.reasonCode(), less(p.properties()));
            case PubComp p -> new PubComp(p.packetId(), p.reasonCode(), less(p.properties()));
            case SubAck p -> new SubAck(p.packetId(), p.reasonCodes(), less(p.properties()));
            case UnsubAck p -> new UnsubAck(p.packetId(), p.reasonCodes(), less(p.properties()));
            case Auth p -> new Auth(p.reasonCode(), less(p.properties()));
            case Connect _,
                    ConnAck _,
                    Publish _,
                    Subscribe _,
                    Unsubscribe _,
                    PingReq _,
                    PingResp _,
                    Disconnect _ ->
                    packet;
        };
    }

    private static Properties less(Properties properties) {
        return properties.without(Property.REASON_STRING, Property.USER_PROPERTY);
    }
}
