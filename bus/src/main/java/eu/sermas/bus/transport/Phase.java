package eu.sermas.bus.transport;

/// The handler that stands at the end of an MQTT connection's pipeline, always under this name. A
/// connection goes through them in order, and each is replaced by the next: [ConnectPhase] waits
/// for CONNECT, [LoginPhase] checks it and moves the connection to its owner, [SessionPhase] hands
/// packets to the broker, [ClosingPhase] sees the last bytes off. Any may be followed by the last.
final class Phase {

    static final String NAME = "mqtt";

    private Phase() {}
}
