package eu.sermas.bus.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import eu.sermas.bus.packet.Durability;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveCatalogueTest {

    private static final String TOURS =
            """
            {'topics':[
              {'resource':'museum','scope':'tour','context':['changed',':tourId'],
               'payload':'TourDto','durability':'none','description':'A tour goes on.'},
              {'key':'museum.photo','resource':'museum','scope':'photo',
               'template':'app/:appId/museum/photo/:id','contentType':'image/jpeg'}],
             '$defs':{'TourDto':{'type':'object','required':['stop'],
               'properties':{'stop':{'type':'integer'},'at':{'$ref':'#/$defs/PositionDto'}}}}}
            """;

    private final LiveCatalogue catalogue = LiveCatalogue.standard();

    static JsonNode json(String text) {
        try {
            return JsonMapper.builder().build().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private static List<CatalogueAddition> of(@Nullable String appId, String content) {
        return List.of(new CatalogueAddition("module m", appId, json(content)));
    }

    private void add(String owner, @Nullable String appId, String content)
            throws InvalidTopicsException {
        if (appId == null) {
            catalogue.check(owner, of(null, content));
            catalogue.replace(owner, of(null, content));
        } else {
            catalogue.checkApp(appId, of(appId, content));
            catalogue.replaceApp(appId, of(appId, content));
        }
    }

    @Test
    void whatIsAddedCountsAtOnceAndGoesAsItCame() throws InvalidTopicsException {
        AtomicInteger changes = new AtomicInteger();
        catalogue.listen(_ -> changes.incrementAndGet());
        String version = catalogue.common().version();
        assertThat(version).matches("[0-9a-f]{16}");

        add("module m", null, TOURS);

        Catalogue extended = catalogue.common();
        assertThat(extended.version()).matches("[0-9a-f]{16}").isNotEqualTo(version);
        assertThat(extended.scopes()).containsEntry("museum", List.of("tour", "photo"));
        CatalogueEntry tour =
                extended.entryOf(Topic.of("app/a/museum/tour/changed/t1")).orElseThrow();
        assertThat(tour.key()).isEqualTo("museum.tour");
        assertThat(tour.template()).isEqualTo("app/:appId/museum/tour/changed/:tourId");
        assertThat(tour.description()).isEqualTo("A tour goes on.");
        assertThat(extended.topicsOf(Grants.of(List.of("museum"))))
                .containsExactly(
                        "app/:appId/museum/tour/changed/:tourId", "app/:appId/museum/photo/:id");
        assertThat(durability("app/a/museum/tour/changed/t1")).isEqualTo(Durability.NONE);
        assertThat(durability("app/a/museum/photo/1")).isNull();

        catalogue.replace("module m", of(null, TOURS)); // nothing new
        assertThat(changes).hasValue(1);
        catalogue.replace("module m", List.of());
        assertThat(changes).hasValue(2);
        assertThat(catalogue.common().version()).isEqualTo(version);
        assertThat(durability("app/a/museum/tour/changed/t1")).isNull();
    }

    private @Nullable Durability durability(String topic) {
        return catalogue.durabilityOf(Topic.of(topic));
    }

    @Test
    void payloadsAreHeldAgainstWhatIsInForceNow() throws InvalidTopicsException {
        PayloadChecks checks =
                PayloadChecks.of(
                        List.of(
                                new PayloadChecks.Choice(
                                        TopicFilter.of("app/#"), PayloadCheck.Mode.REJECT)),
                        catalogue);
        Topic topic = Topic.of("app/a/museum/tour/changed/t1");
        assertThat(checks.of(topic)).isNull();
        add("module m", null, TOURS);
        PayloadCheck check = Objects.requireNonNull(checks.of(topic));
        assertThat(violation(check, "{'stop':1,'at':{'x':1,'y':2}}")).isNull();
        assertThat(violation(check, "{'stop':'x'}")).startsWith("payload at '/stop'");
        assertThat(violation(check, "{'stop':1,'at':{'x':'?'}}")).startsWith("payload at '/at");
        add("module m", null, TOURS.replace("integer", "string"));
        assertThat(violation(Objects.requireNonNull(checks.of(topic)), "{'stop':'x'}")).isNull();
        assertThat(checks.of(Topic.of("app/a/museum/photo/1"))).isNull();
        catalogue.replace("module m", List.of());
        assertThat(checks.of(topic)).isNull();
    }

    private static @Nullable String violation(PayloadCheck check, String payload) {
        return check.violation(payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theTopicsOfAnAppAreItsOwn() throws InvalidTopicsException {
        add("app a", "a", TOURS);
        add("app b", "b", TOURS.replace("integer", "string"));

        assertThat(catalogue.common().version()).isEqualTo(Catalogue.standard().version());
        assertThat(catalogue.common().scopes()).doesNotContainKey("museum");
        assertThat(catalogue.of(Set.of("a")).scopes()).containsKey("museum");
        assertThat(entry("app/a/museum/tour/changed/t1").appId()).isEqualTo("a");
        assertThat(entry("app/b/museum/tour/changed/t1").appId()).isEqualTo("b");
        assertThat(catalogue.entryOf(Topic.of("app/c/museum/tour/changed/t1"))).isEmpty();
    }

    private CatalogueEntry entry(String topic) {
        return catalogue.entryOf(Topic.of(topic)).orElseThrow();
    }

    @Test
    void anAppGivesWayToThePlatform() throws InvalidTopicsException {
        add("app a", "a", TOURS);
        add("module m", null, TOURS);

        assertThat(entry("app/a/museum/tour/changed/t1").appId()).isNull();
        assertThatThrownBy(() -> add("app b", "b", TOURS))
                .isInstanceOfSatisfying(
                        InvalidTopicsException.class, e -> assertThat(e.isConflict()).isTrue())
                .hasMessage("key 'museum.tour': is there already, from module m");
    }

    @Test
    void whatAnAppAddsConcernsNobodyElse() throws InvalidTopicsException {
        PayloadChecks checks =
                PayloadChecks.of(
                        List.of(
                                new PayloadChecks.Choice(
                                        TopicFilter.of("app/#"), PayloadCheck.Mode.REJECT)),
                        catalogue);
        add("app a", "a", TOURS);
        Topic topic = Topic.of("app/a/museum/tour/changed/t1");
        PayloadCheck check = checks.of(topic);
        List<@Nullable String> changed = new ArrayList<>();
        catalogue.listen(changed::add);
        Catalogue common = catalogue.common();

        add("app b", "b", TOURS.replace("integer", "string"));
        catalogue.replaceApp("c", of("c", TOURS));
        catalogue.replaceApp("c", List.of());

        assertThat(changed).containsExactly("b", "c", "c");
        assertThat(checks.of(topic)).isSameAs(check).isNotNull();
        assertThat(catalogue.common()).isSameAs(common);
        assertThat(checks.of(Topic.of("app/b/museum/tour/changed/t1"))).isNotSameAs(check);
        assertThat(checks.of(Topic.of("app/c/museum/tour/changed/t1"))).isNull();
    }

    @Test
    void everyAppHasItsShareOfTheTopics() throws InvalidTopicsException {
        LiveCatalogue small = new LiveCatalogue(new CatalogueLimits(12, 100, 100_000, 2));
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            many.append(i == 0 ? "" : ",").append("{'resource':'x','scope':'s" + i + "'}");
        }
        small.checkApp("greedy", of("greedy", "{'topics':[" + many + "]}"));
        small.replaceApp("greedy", of("greedy", "{'topics':[" + many + "]}"));
        String two = "{'topics':[{'resource':'x','scope':'a'},{'resource':'x','scope':'b'}]}";
        small.checkApp("b", of("b", two));
        small.replaceApp("b", of("b", two));
        assertThat(small.entryOf(Topic.of("app/b/x/b"))).isPresent();
        small.check("module m", of(null, two));
        String three = two.replace("]", ",{'resource':'x','scope':'c'}]");
        assertThatThrownBy(() -> small.checkApp("b", of("b", three)))
                .hasMessageContaining("no room for 1 more");
        small.replaceApp("greedy", List.of());
        small.checkApp("b", of("b", three));
    }

    @Test
    void operationsOfModulesAreTopicsWhereThereAreNone() throws InvalidTopicsException {
        add(
                "module m",
                null,
                """
                {'resources':[
                  {'resource':'museum','scope':'tour','operationId':'getTour','moduleId':'m'},
                  {'resource':'museum','scope':'tour','operationId':'putTour','moduleId':'m'},
                  {'resource':'ui','scope':'content','operationId':'show','moduleId':'m'},
                  {'resource':'x','scope':'y','prefix':'system','moduleId':'m'}]}
                """);
        assertThat(catalogue.common().entries()).hasSize(Catalogue.standard().entries().size() + 1);
        assertThat(catalogue.common().scopes()).containsEntry("museum", List.of("tour"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    {'topics':5}                                          | topics: number (expected: a list)
                    {'topics':[5]}                                        | topics[0]: number (expected: a topic)
                    {'topics':[{'scope':'y'}]}                            | topics[0].resource: missing
                    {'topics':[{'resource':'x','scope':'a/b'}]}           | topics[0].scope: 'a/b'
                    {'topics':[{'resource':'x','scope':'y','qos':1}]}     | topics[0].qos: unknown
                    {'topics':[{'resource':'x','scope':'y','key':'a b'}]} | topics[0].key: 'a b'
                    {'topics':[{'resource':'x','scope':'y','template':'app/+/x/y'}]} | topics[0].template: 'app/+/x/y'
                    {'topics':[{'resource':'x','scope':'y','template':'app/:appId/x/y/#'}]} | topics[0].template
                    {'topics':[{'resource':'x','scope':'y','template':'app/:appId/x/yz'}]} | topics[0].template
                    {'topics':[{'resource':'x','scope':'y','context':[':a',':a']}]} | topics[0].context
                    {'topics':[{'resource':'x','scope':'y','durability':'always'}]} | topics[0].durability: 'always'
                    {'topics':[{'resource':'x','scope':'y','payload':'NoDto'}]}     | topics[0].payload: 'NoDto'
                    {'topics':[{'resource':'x','scope':'y','schema':5}]}            | topics[0].schema: number
                    {'topics':[{'resource':'x','scope':'y','schema':{'type':'text'}}]} | topics[0].schema: no JSON Schema
                    {'topics':[{'resource':'x','scope':'y','schema':{'$ref':'http://x/y'}}]} | topics[0].schema.$ref: 'http://x/y'
                    {'topics':[{'resource':'x','scope':'y','schema':{'properties':{'a':{'$ref':'#/$defs/NoDto'}}}}]} | topics[0].schema.properties.a.$ref
                    {'topics':[{'resource':'x','scope':'y','schema':{'$id':'http://x'}}]} | topics[0].schema.$id
                    {'topics':[{'resource':'ui','scope':'content','key':'my.content'}]} | template 'app/:/ui/content': is there already
                    {'topics':[{'resource':'x','scope':'y','key':'ui.content'}]}    | key 'ui.content': is there already
                    {'$defs':{'PositionDto':{}}}                          | $defs.PositionDto: is in the catalogue already
                    {'$defs':{'A':{'$ref':'#/$defs/B'},'B':{'anyOf':[{'$ref':'#/$defs/A'}]}}} | $defs.A: refers to itself
                    {'resources':[{'resource':'x'}]}                      | resources[0].scope: missing
                    """)
    void whatIsWrongIsNamedAndNothingIsAdded(String content, String message) {
        Catalogue before = catalogue.common();
        String alsoGood = "{'resource':'good','scope':'one'}";
        String whole = content.replace("'topics':[", "'topics':[" + alsoGood + ",");
        String named =
                message.replace("topics[0]", content.equals(whole) ? "topics[0]" : "topics[1]");

        assertThatThrownBy(() -> catalogue.check("module m", of(null, whole)))
                .hasMessageStartingWith(named);

        catalogue.replace("module m", of(null, whole)); // as at a start
        assertThat(catalogue.common().scopes()).isEqualTo(before.scopes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'string','pattern':'(a+)+$'}",
                "{'patternProperties':{'(a+)+$':{}}}",
                "{'anyOf':[{'type':'string'},{'type':'integer'}]}",
                "{'$ref':'#/$defs/PositionDto','type':'object'}",
                "{'items':{'uniqueItems':true}}",
            })
    void onlyThePlatformMayHaveSchemasThatTakeTheirTime(String schema)
            throws InvalidTopicsException {
        String content = "{'topics':[{'resource':'x','scope':'y','schema':" + schema + "}]}";
        catalogue.check("module m", of(null, content));
        assertThatThrownBy(() -> catalogue.checkApp("a", of("a", content)))
                .hasMessageStartingWith("topics[0].schema");
    }

    @Test
    void thereAreLimits() {
        LiveCatalogue small = new LiveCatalogue(new CatalogueLimits(3, 2, 1_000, 1));
        String two = "{'topics':[{'resource':'%s','scope':'a'},{'resource':'%s','scope':'b'}]}";
        small.replaceApp("a", of("a", two.replace("%s", "x")));
        assertThatThrownBy(() -> small.checkApp("b", of("b", two.replace("%s", "x"))))
                .hasMessage(
                        "topics added by all together: no room for 2 more (expected: at most 3,"
                                + " of which an app has 0 for itself)");
        assertThatThrownBy(
                        () ->
                                small.checkApp(
                                        "a",
                                        of(
                                                "a",
                                                two.replace("%s", "x")
                                                        .replace(
                                                                "[{",
                                                                "[{'resource':'z','scope':'z'},{"))))
                .hasMessage("topics: 3 (expected: at most 2)");
        String long1 = "'" + "x".repeat(990) + "'";
        assertThatThrownBy(
                        () ->
                                small.checkApp(
                                        "a", of("a", "{'topics':[{'description':" + long1 + "}]}")))
                .hasMessageStartingWith("bytes of topics: 1");
    }

    @Test
    void twoOfOneKeyInOneAdditionAreAConflict() {
        String twice = "{'topics':[{'resource':'x','scope':'y'},{'resource':'x','scope':'y'}]}";
        assertThatThrownBy(() -> catalogue.check("module m", of(null, twice)))
                .hasMessage("key 'x.y': is there already, from module m");
    }
}
