package eu.sermas.bus.packet;

/// PINGREQ, section 3.12.
public record PingReq() implements Packet {
    public static final PingReq INSTANCE = new PingReq();
}
