package eu.sermas.bus.systemtest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The OpenAPI and AsyncAPI documents, judged by validators that others have made.
@ExtendWith(SharedBus.class)
class DocumentsIT {

    private static String validated(BusProcess bus, String... token) {
        var command =
                new ArrayList<>(
                        List.of(
                                "node",
                                "systemtest/src/test/js/documents.mjs",
                                bus.uri("http", "").toString()));
        command.addAll(List.of(token));
        return Launcher.exec(Map.of(), command).expect(0).output();
    }

    @Test
    void theDocumentsForEverybodyAreValid(BusProcess bus) {
        assertThat(validated(bus)).containsPattern("ok \\d\\d+ operations");
    }

    @Test
    void theDocumentsForOneClientAreValid(BusProcess bus, Rest admin) {
        var tenant = Tenant.create(bus, admin, "documents").client("screen", "ui.content");

        assertThat(validated(bus, tenant.token("screen"))).contains("ok 2 operations");
    }

    @Test
    void theDocumentsWithTopicsOfAnAppAreValid(BusProcess bus, Rest admin) {
        var tenant = Tenant.create(bus, admin, "documents").client("screen", "lights");
        var topic =
                Map.of(
                        "resource",
                        "lights",
                        "scope",
                        "lamp",
                        "context",
                        List.of(":lampId"),
                        "payload",
                        "LampDto");
        var position = Map.of("$ref", "#/$defs/PositionDto");
        var lamp = Map.of("type", "object", "properties", Map.of("at", position));
        var config = Map.of("topics", List.of(topic), "$defs", Map.of("LampDto", lamp));
        admin.post(
                        "/api/platform/app/" + tenant.appId() + "/module",
                        Map.of("moduleId", "lamps", "supports", List.of(), "config", config))
                .expect(201);

        assertThat(validated(bus, tenant.token("screen"))).contains("ok 2 operations");
    }
}
