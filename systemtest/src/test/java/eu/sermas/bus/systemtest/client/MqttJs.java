package eu.sermas.bus.systemtest.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// MQTT.js in a Node process of its own, driven by one line of JSON per call: see `bridge.mjs`.
final class MqttJs implements TestClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ANSWERS_WITHIN_SECONDS = 15;
    private static final Path DIRECTORY = Path.of("src/test/js");

    private final int protocolVersion;
    private final Inbox inbox = new Inbox();
    private final BlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
    private final Process node;
    private final BufferedWriter calls;

    /// @param protocolVersion 4 or 5
    MqttJs(int protocolVersion) {
        this.protocolVersion = protocolVersion;
        if (!Files.isDirectory(DIRECTORY.resolve("node_modules/mqtt"))) {
            throw new IllegalStateException(
                    "MQTT.js is missing in %s: run scripts/install-test-tools"
                            .formatted(DIRECTORY.toAbsolutePath()));
        }
        try {
            node =
                    new ProcessBuilder("node", "bridge.mjs")
                            .directory(DIRECTORY.toFile())
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        calls = node.outputWriter(UTF_8);
        Thread.ofVirtual().start(this::read);
    }

    @Override
    public boolean connect(Login login) throws Refused {
        var call = call("connect").put("url", login.uri().toString());
        var options = call.putObject("options");
        options.put("protocolVersion", protocolVersion)
                .put("clientId", login.clientId())
                .put("username", login.token())
                .put("password", Login.PASSWORD)
                .put("clean", login.clean());
        if (protocolVersion == 5 && !login.clean()) {
            options.putObject("properties")
                    .put("sessionExpiryInterval", Login.SESSION_EXPIRY_SECONDS);
        }
        var will = login.will();
        if (will != null) {
            options.putObject("will")
                    .put("topic", will.topic())
                    .put("payload", will.text())
                    .put("qos", will.qos())
                    .put("retain", will.retain());
        }
        var answer = ask(call);
        if (answer.has("refused")) {
            throw new Refused(answer.get("refused").asInt());
        }
        return answer.get("sessionPresent").asBoolean();
    }

    @Override
    public List<Integer> subscribe(int qos, String... filters) {
        var call = call("subscribe").put("qos", qos);
        var array = call.putArray("filters");
        List.of(filters).forEach(array::add);
        var codes = ask(call).get("codes");
        return StreamSupport.stream(codes.spliterator(), false).map(JsonNode::asInt).toList();
    }

    @Override
    public void unsubscribe(String filter) {
        ask(call("unsubscribe").put("filter", filter));
    }

    @Override
    public int publish(Message message) {
        return ask(call("publish")
                        .put("topic", message.topic())
                        .put("payload", message.payload())
                        .put("qos", message.qos())
                        .put("retain", message.retain()))
                .get("code")
                .asInt();
    }

    @Override
    public Inbox inbox() {
        return inbox;
    }

    @Override
    public boolean isConnected() {
        return ask(call("connected")).get("connected").asBoolean();
    }

    @Override
    public void disconnect() {
        ask(call("disconnect"));
    }

    @Override
    public void close() {
        node.destroyForcibly();
    }

    private static ObjectNode call(String operation) {
        return JSON.createObjectNode().put("operation", operation);
    }

    private JsonNode ask(ObjectNode call) {
        try {
            calls.write(JSON.writeValueAsString(call));
            calls.newLine();
            calls.flush();
            JsonNode answer = answers.poll(ANSWERS_WITHIN_SECONDS, SECONDS);
            if (answer == null || answer.has("error")) {
                throw new IllegalStateException(call.get("operation") + ": " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Runs until the process closes its output; whoever waits for an answer then is told.
    private void read() {
        try (BufferedReader lines = node.inputReader(UTF_8)) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                var answer = JSON.readTree(line);
                if (answer.has("topic")) {
                    inbox.add(toMessage(answer));
                } else {
                    answers.add(answer);
                }
            }
            answers.add(JSON.createObjectNode().put("error", "node has ended"));
        } catch (IOException e) {
            answers.add(JSON.createObjectNode().put("error", e.toString()));
        }
    }

    private static Message toMessage(JsonNode arrived) {
        return new Message(
                arrived.get("topic").asText(),
                Base64.getDecoder().decode(arrived.get("payload").asText()),
                arrived.get("qos").asInt(),
                arrived.get("retain").asBoolean());
    }
}
