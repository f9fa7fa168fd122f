package eu.sermas.bus.systemtest.client;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

/// The messages that a client has received, in the order of their arrival. Filled by the thread of
/// the library, read by that of the test.
public final class Inbox {

    private static final int ARRIVES_WITHIN_SECONDS = 10;

    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();

    public void add(Message message) {
        messages.add(message);
    }

    public Message next() {
        try {
            var message = messages.poll(ARRIVES_WITHIN_SECONDS, SECONDS);
            assertThat(message).as("a message within %s s", ARRIVES_WITHIN_SECONDS).isNotNull();
            return message;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    public List<Message> next(int count) {
        return Stream.generate(this::next).limit(count).toList();
    }

    /// What is there now, without waiting.
    public List<Message> drain() {
        var drained = new ArrayList<Message>();
        messages.drainTo(drained);
        return drained;
    }
}
