package eu.sermas.bus.packet;

/// PINGRESP, section 3.13.
public record PingResp() implements Packet {
    public static final PingResp INSTANCE = new PingResp();
}
