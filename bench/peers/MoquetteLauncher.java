import io.moquette.broker.Server;
import io.moquette.broker.config.MemoryConfig;
import java.util.Properties;

/// Runs Moquette: MoquetteLauncher DIRECTORY PORT WEBSOCKET_PORT. Everybody may do everything.
public final class MoquetteLauncher {

    private MoquetteLauncher() {}

    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.setProperty("host", "127.0.0.1");
        settings.setProperty("port", args[1]);
        settings.setProperty("websocket_port", args[2]);
        settings.setProperty("websocket_path", "/mqtt");
        settings.setProperty("allow_anonymous", "true");
        settings.setProperty("persistence_enabled", "true");
        settings.setProperty("data_path", args[0]);
        settings.setProperty("session_queue_size", "2000000");
        settings.setProperty("netty.mqtt.message_size", "1048576");
        settings.setProperty("telemetry_enabled", "false");
        Server server = new Server();
        server.startServer(new MemoryConfig(settings));
        Thread.currentThread().join();
    }
}
