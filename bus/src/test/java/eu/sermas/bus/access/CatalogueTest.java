package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueTest {

    private static final Catalogue CATALOGUE = Catalogue.standard();

    @Test
    void everyTopicHasItsResourceScopeAndSchema() {
        assertThat(CATALOGUE.entries()).hasSize(58);
        for (CatalogueEntry entry : CATALOGUE.entries()) {
            assertThat(entry.template()).contains("/" + entry.resource() + "/" + entry.scope());
            if (entry.schema().has("$ref")) {
                String name = entry.schema().get("$ref").asText().substring("#/$defs/".length());
                assertThat(CATALOGUE.schemas().has(name)).as(name).isTrue();
            }
        }
    }

    @Test
    void theVocabularyIsInOrder() {
        assertThat(CATALOGUE.scopes().keySet())
                .containsExactly(
                        "ui",
                        "detection",
                        "robotics",
                        "session",
                        "dialogue",
                        "xr",
                        "auth",
                        "platform",
                        "monitoring",
                        "datacollection",
                        "access");
        assertThat(CATALOGUE.scopes())
                .containsEntry("ui", List.of("status", "interaction", "content"));
        assertThat(CATALOGUE.isKnownResource("performance")).isFalse();
    }

    @Test
    void everyFormOfGrantOpensItsTopics() {
        assertThat(topicsOf("dialogue.user-speech"))
                .containsExactly(
                        "app/:appId/dialogue/user-speech/:sessionId/:chunkId",
                        "app/:appId/dialogue/user-speech/stream/:sessionId/:chunkId");
        assertThat(topicsOf("ui")).isEqualTo(topicsOf("ui.*")).hasSize(3);
        assertThat(topicsOf("*")).isEqualTo(topicsOf("*.*")).hasSize(57);
        assertThat(topicsOf("performance", "xr.custom"))
                .containsExactly("app/:appId/performance", "app/:appId/xr/custom");
        assertThat(CATALOGUE.topicsOf(Grants.NONE)).isEmpty();
    }

    @Test
    void noTopicOfTheSystemIsOpened() {
        assertThat(topicsOf("*")).allMatch(topic -> topic.startsWith("app/:appId/"));
    }

    private static List<String> topicsOf(String... grants) {
        return CATALOGUE.topicsOf(Grants.of(List.of(grants)));
    }
}
