package eu.sermas.bus.load;

/// Who sends to whom. `{i}` in a topic is the number of the client.
public enum Scenario {
    /// Every subscriber gets every message.
    FANOUT(1, 100, "out", "out"),
    /// Many publishers, each on its own topic, to few subscribers who get all of it.
    FANIN(100, 1, "in/{i}", "in/#"),
    /// Publisher i to subscriber i.
    PAIRS(200, 200, "pair/{i}", "pair/{i}"),
    /// Many publishers to one shared subscription: each message to one of the group.
    SHARED(100, 4, "in/{i}", "in/#"),
    /// Connections with one subscription that do nothing.
    IDLE(0, 1000, "", "idle/{i}"),
    /// Connect, CONNACK, DISCONNECT, over and over.
    CONNECT(0, 50, "", ""),
    /// Messages for persistent sessions that are absent, and their delivery afterwards.
    DURABLE(1, 1, "durable/{i}", "durable/#");

    private static final String SHARED_GROUP = "$share/bench/";

    private final int publishers;
    private final int subscribers;
    private final String topic;
    private final String filter;

    Scenario(int publishers, int subscribers, String topic, String filter) {
        this.publishers = publishers;
        this.subscribers = subscribers;
        this.topic = topic;
        this.filter = filter;
    }

    /// How many there are where nothing else is said.
    public int publishers() {
        return publishers;
    }

    /// How many there are where nothing else is said; connections for [#IDLE] and [#CONNECT].
    public int subscribers() {
        return subscribers;
    }

    /// Whether messages flow at once from publishers to subscribers.
    public boolean isTraffic() {
        return this == FANOUT || this == FANIN || this == PAIRS || this == SHARED;
    }

    /// Whether each subscriber gets the messages of each publisher.
    boolean everyoneHearsEveryone() {
        return this == FANOUT || this == FANIN || this == DURABLE;
    }

    String topic(String prefix, int publisher) {
        return prefix + "/" + topic.replace("{i}", Integer.toString(publisher));
    }

    String filter(String prefix, int subscriber) {
        String group = this == SHARED ? SHARED_GROUP : "";
        return group + prefix + "/" + filter.replace("{i}", Integer.toString(subscriber));
    }
}
