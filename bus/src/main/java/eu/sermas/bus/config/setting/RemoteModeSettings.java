package eu.sermas.bus.config.setting;

import static eu.sermas.bus.config.setting.Kind.duration;
import static eu.sermas.bus.config.setting.Kind.integer;
import static eu.sermas.bus.config.setting.Kind.oneOf;
import static eu.sermas.bus.config.setting.Kind.url;
import static eu.sermas.bus.config.setting.Setting.optional;

import eu.sermas.bus.identity.remote.RemoteSettings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/// The part of the table of [Settings] that is about another server that is asked about tokens and
/// topics.
public final class RemoteModeSettings {

    public static final Setting<URI> URL =
            optional(
                    "identity.remote.url",
                    url(),
                    "Asks this address about tokens and topics, as Mosquitto with go-auth does in its"
                            + " remote JWT mode: `POST` to `/auth`, `/auth/su` and `/acl` below it."
                            + " Tokens of this bus are good as well.");
    public static final Setting<RemoteSettings.Body> BODY =
            Setting.of(
                    "identity.remote.body",
                    oneOf(RemoteSettings.Body.class),
                    RemoteSettings.Body.FORM,
                    "How the parameters of a question are sent (`params_mode` of go-auth).");
    public static final Setting<RemoteSettings.Answer> ANSWER =
            Setting.of(
                    "identity.remote.answer",
                    oneOf(RemoteSettings.Answer.class),
                    RemoteSettings.Answer.STATUS,
                    "What means yes: a status 2xx, `{\"ok\":true}` or `ok` (`response_mode` of"
                            + " go-auth).");
    public static final Setting<Duration> TIMEOUT =
            Setting.of(
                    "identity.remote.timeout",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                    Duration.ofSeconds(5),
                    "Time for one question.");
    public static final Setting<Integer> CONCURRENCY =
            Setting.of(
                    "identity.remote.concurrency",
                    integer(1, 10_000),
                    64,
                    "Questions on their way at the same time.");
    public static final Setting<Duration> FRESH =
            Setting.of(
                    "identity.remote.cache",
                    duration(Duration.ZERO, Duration.ofDays(1)),
                    Duration.ofSeconds(30),
                    "How long an answer counts before it is asked for again.");
    public static final Setting<Duration> STALE =
            Setting.of(
                    "identity.remote.stale",
                    duration(Duration.ZERO, Duration.ofDays(30)),
                    Duration.ofHours(12),
                    "How long the last answer counts while no other can be had.");
    public static final Setting<Integer> REMEMBERED =
            Setting.of(
                    "identity.remote.cache-size",
                    integer(1, 100_000_000),
                    100_000,
                    "Answers that are remembered.");
    public static final Setting<Duration> REVIEW =
            Setting.of(
                    "identity.remote.review",
                    duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    Duration.ofMinutes(5),
                    "How often the subscriptions of connected clients are asked about again.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(URL, BODY, ANSWER, TIMEOUT, CONCURRENCY, FRESH, STALE, REMEMBERED, REVIEW);

    private RemoteModeSettings() {}
}
