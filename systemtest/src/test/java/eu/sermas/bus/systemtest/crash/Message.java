package eu.sermas.bus.systemtest.crash;

/// A message that a publisher sends.
///
/// @param clear whether it removes the retained message, with an empty payload
record Message(Id id, String topic, int qos, boolean retain, boolean clear) {

    /// Names a message, and is its payload.
    ///
    /// @param number grows with each message of the publisher
    record Id(String publisher, long number) {

        static Id parse(String text) {
            int hash = text.lastIndexOf('#');
            return new Id(text.substring(0, hash), Long.parseLong(text.substring(hash + 1)));
        }

        @Override
        public String toString() {
            return publisher + "#" + number;
        }
    }

    static Message of(String publisher, long number, String topic, int qos) {
        return new Message(new Id(publisher, number), topic, qos, false, false);
    }

    Message retained() {
        return new Message(id, topic, qos, true, false);
    }

    Message clearing() {
        return new Message(id, topic, qos, true, true);
    }

    String payload() {
        return clear ? "" : id.toString();
    }

    @Override
    public String toString() {
        return "%s (%s, QoS %d%s)"
                .formatted(id, topic, qos, clear ? ", clears" : retain ? ", retained" : "");
    }
}
