package eu.sermas.bus.journal;

import eu.sermas.bus.packet.Properties;
import eu.sermas.bus.packet.Topic;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The topic and the properties of the message that was read last. Messages that follow each other
/// often have the same, and say the same of their sender: that is decoded once, and there once.
final class LastRead {

    private @Nullable Part<Topic> topic;
    private @Nullable Part<Properties> properties;

    /// @param written its bytes in a record, which say themselves where they end
    private record Part<T>(T value, byte[] written) {}

    Topic topic(RecordReader in, Function<RecordReader, Topic> decoding) {
        topic = read(topic, in, decoding);
        return topic.value;
    }

    Properties properties(RecordReader in, Function<RecordReader, Properties> decoding) {
        properties = read(properties, in, decoding);
        return properties.value;
    }

    private static <T> Part<T> read(
            @Nullable Part<T> last, RecordReader in, Function<RecordReader, T> decoding) {
        if (last != null && in.passes(last.written)) {
            return last;
        }
        int from = in.position();
        T value = decoding.apply(in);
        return new Part<>(value, in.since(from));
    }
}
