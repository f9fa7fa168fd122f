package eu.sermas.bus.cli.mqtt;

import eu.sermas.bus.client.MqttClient;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Says good-bye to the bus when somebody ends the command by SIGINT or SIGTERM, so that no will is
/// published for it.
final class Farewell implements AutoCloseable {

    private final Thread hook = new Thread(this::leave);
    private volatile @Nullable MqttClient client;
    private volatile boolean leaving;

    Farewell() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// From whom it is to be said from now on.
    MqttClient of(MqttClient current) {
        client = current;
        return current;
    }

    void ofNobody() {
        client = null;
    }

    /// Whether the process is ending, so that a lost connection is none.
    boolean isLeaving() {
        return leaving;
    }

    private void leave() {
        leaving = true;
        MqttClient current = client;
        if (current != null) {
            try {
                current.leave();
            } catch (IOException _) {
                // The connection is gone already.
            }
        }
    }

    @Override
    public void close() {
        client = null;
        if (!leaving) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException _) {
                // The process is ending.
            }
        }
    }
}
