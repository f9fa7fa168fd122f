import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.nio.file.Files;
import java.nio.file.Path;

/// Runs HiveMQ CE embedded: HiveMqLauncher DIRECTORY PORT WEBSOCKET_PORT. Everybody may do everything.
public final class HiveMqLauncher {

    private static final String CONFIG =
            """
            <hivemq>
              <listeners>
                <tcp-listener><port>%s</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                <websocket-listener>
                  <port>%s</port><bind-address>127.0.0.1</bind-address><path>/mqtt</path>
                  <subprotocols><subprotocol>mqtt</subprotocol></subprotocols>
                </websocket-listener>
              </listeners>
              <mqtt>
                <queued-messages><max-queue-size>2000000</max-queue-size></queued-messages>
                <receive-maximum><server-receive-maximum>100</server-receive-maximum></receive-maximum>
              </mqtt>
              <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
            </hivemq>
            """;

    private HiveMqLauncher() {}

    /// HiveMQ lets nobody in without an extension that says who may.
    private static final class LetEverybodyIn implements ExtensionMain {
        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            SimpleAuthenticator everybody = (_, answer) -> answer.authenticateSuccessfully();
            Services.securityRegistry().setAuthenticatorProvider(_ -> everybody);
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        Path config = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(config.resolve("config.xml"), CONFIG.formatted(args[1], args[2]));
        EmbeddedExtension open =
                EmbeddedExtension.builder()
                        .withId("open")
                        .withName("open")
                        .withVersion("1")
                        .withAuthor("bench")
                        .withExtensionMain(new LetEverybodyIn())
                        .build();
        EmbeddedHiveMQ broker =
                EmbeddedHiveMQ.builder()
                        .withConfigurationFolder(config)
                        .withDataFolder(Files.createDirectories(directory.resolve("data")))
                        .withExtensionsFolder(Files.createDirectories(directory.resolve("extensions")))
                        .withEmbeddedExtension(open)
                        .build();
        broker.start().join();
        Thread.currentThread().join();
    }
}
