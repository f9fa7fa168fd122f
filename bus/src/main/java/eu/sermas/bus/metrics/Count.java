package eu.sermas.bus.metrics;

/// Everything that the broker counts on its data path; the name is that of the Prometheus counter.
public enum Count {
    CONNECTIONS_ACCEPTED("connections.accepted", "connections that were answered with CONNACK 0"),
    CONNECTIONS_REFUSED(
            "connections.refused", "connections that were answered with another CONNACK"),
    CONNECTIONS_DROPPED(
            "connections.dropped",
            "connections closed before CONNECT: too many, too slow, or none of our protocols"),
    CONNECTIONS_CLOSED("connections.closed", "accepted connections that have ended"),
    PROTOCOL_ERRORS(
            "protocol.errors", "connections closed for a malformed packet or protocol error"),
    PACKETS_RECEIVED("packets.received", "control packets read from clients"),
    PACKETS_SENT("packets.sent", "control packets written to clients"),
    BYTES_RECEIVED("bytes.received", "bytes read from clients"),
    BYTES_SENT("bytes.sent", "bytes written to clients"),
    MESSAGES_RECEIVED("messages.received", "application messages accepted from publishers"),
    MESSAGES_DELIVERED("messages.delivered", "application messages written to subscribers"),
    MESSAGES_DROPPED("messages.dropped", "application messages dropped by a limit or by expiry"),
    JOURNAL_MESSAGES_WRITTEN(
            "journal.messages.written", "places of messages in queues written to disk"),
    JOURNAL_MESSAGES_SPARED(
            "journal.messages.spared",
            "messages that were acknowledged before they had to be written to disk"),
    JOURNAL_BYTES_WRITTEN("journal.bytes.written", "bytes of records written to disk"),
    PUBLISH_DENIED("publish.denied", "application messages refused for a missing grant"),
    SUBSCRIBE_DENIED("subscribe.denied", "filters refused for a missing grant"),
    PAYLOAD_VIOLATIONS("payload.violations", "application messages whose payload failed its check"),
    LOGIN_FAILED("login.failed", "token and login requests that were refused"),
    LOGINS_DELAYED("logins.delayed", "refused logins that were answered later"),
    TOKENS_ISSUED("tokens.issued", "access tokens issued"),
    FAULTS("faults", "faults of the bus itself, which are in the log");

    private final String metricName;
    private final String description;

    Count(String metricName, String description) {
        this.metricName = metricName;
        this.description = description;
    }

    String metricName() {
        return metricName;
    }

    String description() {
        return description;
    }
}
