package eu.sermas.bus.systemtest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a Mosquitto with go-auth in its remote JWT mode asks this bus, and what it is told.
@ExtendWith(SharedBus.class)
class GoAuthIT {

    private final BusProcess bus;
    private final Tenant tenant;

    GoAuthIT(BusProcess bus, Rest admin) {
        this.bus = bus;
        this.tenant = Tenant.create(bus, admin, "goauth").client("kiosk", "dialogue.messages");
    }

    private static Answer form(Rest caller, String path, String body) {
        return caller.send(
                "POST",
                "/api/mqtt" + path,
                Map.of("Content-Type", "application/x-www-form-urlencoded"),
                BodyPublishers.ofString(body));
    }

    @Test
    void aTokenIsGoodOrNot() {
        form(tenant.rest("kiosk"), "/auth", "").expectEmpty(201);
        form(bus.rest(), "/auth", "").expectError(401, "Unauthorized");
        form(bus.rest().as("e30.e30.x"), "/auth", "").expectError(401, "Unauthorized");
    }

    @Test
    void onlyASystemClientMayDoEverything() {
        var platform = bus.rest().token("platform", "platform", BusProcess.PLATFORM_SECRET);
        form(bus.rest().as(platform), "/auth/su", "").expectEmpty(201);
        form(bus.rest().as(platform), "/acl", "acc=4&clientid=c&topic=%23").expectEmpty(201);
        form(tenant.rest("kiosk"), "/auth/su", "").expectError(403, "Forbidden resource");
        form(bus.rest(), "/auth/su", "").expectError(401, "Unauthorized");
    }

    /// 1 is to receive, 2 to publish, 4 to subscribe, 8 to unsubscribe.
    @ParameterizedTest
    @CsvSource({
        "1, dialogue/messages/s1, 201",
        "2, dialogue/messages/s1, 201",
        "4, dialogue/messages/+, 201",
        "4, dialogue/messages/#, 201",
        "4, dialogue/#, 403",
        "1, ui/content, 403",
        "2, ui/content, 403",
        "4, ui/content, 403",
        "8, ui/content, 201",
        "16, ui/content, 400",
        "2, dialogue/messages/+, 400",
    })
    void aTopicIsAnsweredAsOverMqtt(int access, String topic, int status) {
        var name = tenant.topic(topic);
        var kiosk = tenant.rest("kiosk");
        var body = "acc=" + access + "&clientid=robot+1&topic=" + URLEncoder.encode(name, UTF_8);
        form(kiosk, "/acl", body).expect(status);
        kiosk.post("/api/mqtt/acl", Map.of("acc", access, "clientid", "robot 1", "topic", name))
                .expect(status);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "4"})
    void theTopicsOfAnotherAppAreClosed(int access) {
        var body = "acc=" + access + "&clientid=c&topic=app%2Fanother%2Fdialogue%2Fmessages%2Fs";
        form(tenant.rest("kiosk"), "/acl", body).expectError(403, "Forbidden resource");
    }
}
