package eu.sermas.bus.config;

import static eu.sermas.bus.config.Kind.bool;
import static eu.sermas.bus.config.Kind.duration;
import static eu.sermas.bus.config.Kind.integer;
import static eu.sermas.bus.config.Kind.oneOf;
import static eu.sermas.bus.config.Kind.path;
import static eu.sermas.bus.config.Kind.size;
import static eu.sermas.bus.config.Kind.text;
import static eu.sermas.bus.config.Kind.url;
import static eu.sermas.bus.config.Setting.optional;

import eu.sermas.bus.access.PayloadChecks;
import eu.sermas.bus.broker.DurabilityPolicy;
import eu.sermas.bus.broker.SharedStrategy;
import eu.sermas.bus.identity.remote.RemoteSettings;
import eu.sermas.bus.packet.Durability;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Every setting: its key, what it takes, its default and what it does. The reference in
/// `docs/configuration.md` is this table.
public final class Settings {

    /// How much is logged.
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG,
        TRACE
    }

    /// How a line of the log looks.
    public enum LogFormat {
        TEXT,
        JSON
    }

    /// Where the audit log goes.
    public enum AuditTarget {
        FILE,
        STDOUT,
        OFF
    }

    /// What a full queue of a session does with the next message.
    public enum QueuePolicy {
        REJECT_NEWEST,
        DROP_OLDEST
    }

    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    public static final Setting<String> BIND =
            Setting.of(
                    "bind",
                    text("an address or a host name of this machine"),
                    "0.0.0.0",
                    "Address that the listeners are bound to. With `open` the default is"
                            + " `localhost`.");
    public static final Setting<Integer> PORT =
            Setting.of(
                    "port",
                    integer(0, 65_535),
                    8080,
                    "The one port for MQTT, TLS, WebSocket and REST; 0 takes any free one.");
    public static final Setting<Integer> MQTT_PORT =
            optional(
                    "mqtt-port",
                    integer(0, 65_535),
                    "A further listener for MQTT, such as 1883; 0 takes any free port.");
    public static final Setting<Path> DATA_DIR =
            Setting.of(
                    "data-dir",
                    path("a path"),
                    Path.of("data"),
                    "Directory for everything that outlives the process; made where it is"
                            + " missing.");
    public static final Setting<Boolean> OPEN =
            Setting.of(
                    "open",
                    bool(),
                    false,
                    "A plain MQTT broker: no credentials asked, every topic allowed. On loopback"
                            + " only.");
    public static final Setting<Boolean> OPEN_ANYWHERE =
            Setting.of(
                    "open-anywhere", bool(), false, "Lets an open broker listen beyond loopback.");

    public static final Setting<Path> TLS_CERT =
            optional(
                    "tls.cert",
                    path("a path"),
                    "Certificate chain in PEM; read again when the file changes.");
    public static final Setting<Path> TLS_KEY =
            optional("tls.key", path("a path"), "Private key in PEM (PKCS #8) for `tls.cert`.");
    public static final Setting<Boolean> TLS_SELF_SIGNED =
            Setting.of(
                    "tls.self-signed",
                    bool(),
                    false,
                    "Makes a certificate for localhost at each start, for trying TLS.");

    public static final Setting<String> TOKEN_ISSUER =
            Setting.of(
                    "token.issuer",
                    text("a name, usually a URL"),
                    "http://localhost:8080",
                    "The `iss` of the tokens that this bus issues and accepts.");
    public static final Setting<Duration> TOKEN_LIFETIME =
            Setting.of(
                    "token.lifetime",
                    duration(Duration.ofMinutes(3), Duration.ofDays(24)),
                    Duration.ofHours(12),
                    "Lifetime of access and refresh tokens. Existing clients renew theirs every two minutes"
                            + " and overflow their timers after 24 days, hence the range.");
    public static final Setting<Duration> TOKEN_SESSION_MAX_AGE =
            Setting.of(
                    "token.session-max-age",
                    duration(Duration.ofMinutes(3), Duration.ofDays(3650)),
                    Duration.ofDays(30),
                    "How long one login can be renewed without a password or a secret.");

    public static final Setting<Duration> TOKEN_WARNING =
            Setting.of(
                    "token.warning",
                    duration(Duration.ZERO, Duration.ofDays(1)),
                    Duration.ofMinutes(2),
                    "How long before the end of its token a connected client is told so on"
                            + " `$session/token/expiring`.");
    public static final Setting<String> ADMIN_USER =
            Setting.of(
                            "auth.admin.user",
                            text("a user name"),
                            "admin",
                            "Name of the administrator, who has the role `platform-admin`.")
                    .alsoFrom("ADMIN_USER");
    public static final Setting<String> ADMIN_PASSWORD =
            optional(
                            "auth.admin.password",
                            text("a password"),
                            "The administrator's password. Without it and without"
                                    + " `auth.admin.password-file`, the first start makes a random one"
                                    + " and shows it once.")
                    .secret()
                    .alsoFrom("ADMIN_PASSWORD");
    public static final Setting<Path> ADMIN_PASSWORD_FILE =
            optional(
                    "auth.admin.password-file",
                    path("a path"),
                    "File that holds the administrator's password; a line end behind it does not"
                            + " count.");
    public static final Setting<String> PLATFORM_SECRET =
            optional(
                            "auth.platform-secret",
                            text("a secret"),
                            "Secret of the system client `platform`, which may do everything;"
                                    + " without one there is no such client.")
                    .secret();
    public static final Setting<Path> PLATFORM_SECRET_FILE =
            optional(
                    "auth.platform-secret-file",
                    path("a path"),
                    "File that holds the secret of the system client `platform`.");

    public static final Setting<URI> REMOTE_URL =
            optional(
                    "identity.remote.url",
                    url(),
                    "Asks this address about tokens and topics, as Mosquitto with go-auth does in its"
                            + " remote JWT mode: `POST` to `/auth`, `/auth/su` and `/acl` below it."
                            + " Tokens of this bus are good as well.");
    public static final Setting<RemoteSettings.Body> REMOTE_BODY =
            Setting.of(
                    "identity.remote.body",
                    oneOf(RemoteSettings.Body.class),
                    RemoteSettings.Body.FORM,
                    "How the parameters of a question are sent (`params_mode` of go-auth).");
    public static final Setting<RemoteSettings.Answer> REMOTE_ANSWER =
            Setting.of(
                    "identity.remote.answer",
                    oneOf(RemoteSettings.Answer.class),
                    RemoteSettings.Answer.STATUS,
                    "What means yes: a status 2xx, `{\"ok\":true}` or `ok` (`response_mode` of"
                            + " go-auth).");
    public static final Setting<Duration> REMOTE_TIMEOUT =
            Setting.of(
                    "identity.remote.timeout",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(1)),
                    Duration.ofSeconds(5),
                    "Time for one question.");
    public static final Setting<Integer> REMOTE_CONCURRENCY =
            Setting.of(
                    "identity.remote.concurrency",
                    integer(1, 10_000),
                    64,
                    "Questions on their way at the same time.");
    public static final Setting<Duration> REMOTE_FRESH =
            Setting.of(
                    "identity.remote.cache",
                    duration(Duration.ZERO, Duration.ofDays(1)),
                    Duration.ofSeconds(30),
                    "How long an answer counts before it is asked for again.");
    public static final Setting<Duration> REMOTE_STALE =
            Setting.of(
                    "identity.remote.stale",
                    duration(Duration.ZERO, Duration.ofDays(30)),
                    Duration.ofHours(12),
                    "How long the last answer counts while no other can be had.");
    public static final Setting<Integer> REMOTE_REMEMBERED =
            Setting.of(
                    "identity.remote.cache-size",
                    integer(1, 100_000_000),
                    100_000,
                    "Answers that are remembered.");
    public static final Setting<Duration> REMOTE_REVIEW =
            Setting.of(
                    "identity.remote.review",
                    duration(Duration.ofSeconds(1), Duration.ofDays(1)),
                    Duration.ofMinutes(5),
                    "How often the subscriptions of connected clients are asked about again.");

    public static final Setting<Long> PACKET_SIZE =
            Setting.of(
                    "limits.packet-size",
                    size(KIB, 256 * MIB),
                    16 * MIB,
                    "Largest MQTT packet in either direction.");
    public static final Setting<Integer> RECEIVE_MAXIMUM =
            Setting.of(
                    "limits.receive-maximum",
                    integer(1, 65_535),
                    100,
                    "Messages of QoS 1 and 2 that one client may have unacknowledged.");
    public static final Setting<Integer> UNACKNOWLEDGED =
            Setting.of(
                    "limits.unacknowledged",
                    integer(1, 1_000_000),
                    10_000,
                    "The same for MQTT 3 clients, which cannot be told: a client that has more is not"
                            + " read from until it has fewer.");
    public static final Setting<Integer> TOPIC_ALIASES =
            Setting.of(
                    "limits.topic-aliases",
                    integer(0, 65_535),
                    64,
                    "Topic aliases of one connection, in each direction.");
    public static final Setting<Integer> SUBSCRIPTIONS_PER_PACKET =
            Setting.of(
                    "limits.subscriptions.per-packet",
                    integer(1, 10_000),
                    100,
                    "Topic filters in one SUBSCRIBE.");
    public static final Setting<Integer> SUBSCRIPTIONS_PER_SESSION =
            Setting.of(
                    "limits.subscriptions.per-session",
                    integer(1, 1_000_000),
                    10_000,
                    "Topic filters of one session.");
    public static final Setting<Integer> QUEUE_MAX_MESSAGES =
            Setting.of(
                    "limits.queue.max-messages",
                    integer(1, 10_000_000),
                    10_000,
                    "Messages that wait for one session.");
    public static final Setting<Long> QUEUE_MAX_BYTES =
            Setting.of(
                    "limits.queue.max-bytes",
                    size(KIB, 64 * GIB),
                    64 * MIB,
                    "Payload that waits for one session.");
    public static final Setting<Boolean> QUEUE_QOS_0 =
            Setting.of(
                    "limits.queue.qos0",
                    bool(),
                    false,
                    "Whether messages of QoS 0 wait for a session without a connection too; they"
                            + " are the first to go where the queue is full.");
    public static final Setting<QueuePolicy> QUEUE_POLICY =
            Setting.of(
                    "limits.queue.policy",
                    oneOf(QueuePolicy.class),
                    QueuePolicy.REJECT_NEWEST,
                    "What a full queue does: refuse the new message, which MQTT 5 publishers are told"
                            + " (0x97), or let go of its oldest one.");
    public static final Setting<Long> QUEUE_TOTAL_BYTES =
            optional(
                    "limits.queue.total-bytes",
                    size(MIB, 1024 * GIB),
                    "Payload that waits for all sessions together; half of the heap without it."
                            + " Publishers are slowed at three quarters.");
    public static final Setting<Duration> SESSION_EXPIRY =
            Setting.of(
                    "limits.session-expiry",
                    duration(Duration.ZERO, Duration.ofDays(365)),
                    Duration.ofDays(7),
                    "Longest time that a session outlives its connection.");
    public static final Setting<Duration> KEEP_ALIVE =
            Setting.of(
                    "limits.keep-alive",
                    duration(Duration.ofSeconds(1), Duration.ofSeconds(65_535)),
                    Duration.ofHours(1),
                    "Longest keep-alive; a client that asks for more, or for none, is given this.");
    public static final Setting<Duration> CONNECT_TIMEOUT =
            Setting.of(
                    "limits.connect-timeout",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                    Duration.ofSeconds(10),
                    "Time for a new connection to send CONNECT or a request.");
    public static final Setting<Integer> CONNECTIONS =
            Setting.of(
                    "limits.connections",
                    integer(1, 10_000_000),
                    100_000,
                    "Connections at the same time.");
    public static final Setting<Integer> CONNECTIONS_PER_SECOND =
            Setting.of(
                    "limits.connections-per-second",
                    integer(1, 1_000_000),
                    500,
                    "New connections per second from one address.");
    public static final Setting<Boolean> LOOPBACK_TOO =
            Setting.of(
                    "limits.connections-per-second-on-loopback",
                    bool(),
                    false,
                    "Whether that limit holds for this machine's own addresses too, by which a"
                            + " reverse proxy brings many clients.");
    public static final Setting<Long> WRITE_BUFFER =
            Setting.of(
                    "limits.write-buffer",
                    size(64 * KIB, GIB),
                    MIB,
                    "Bytes that wait to be written to one connection before QoS 0 to it is"
                            + " dropped.");
    public static final Setting<Long> HTTP_BODY =
            Setting.of(
                    "limits.http-body",
                    size(KIB, 256 * MIB),
                    16 * MIB,
                    "Largest body of a REST request.");
    public static final Setting<Integer> STREAMS =
            Setting.of(
                    "limits.http-streams",
                    integer(1, 1_000),
                    20,
                    "Event streams of one client or user over HTTP at once, and as many requests"
                            + " that wait for an answer.");
    public static final Setting<Integer> STREAM_EVENTS =
            Setting.of(
                    "limits.http-stream.events",
                    integer(1, 1_000_000),
                    1_000,
                    "Events that one stream keeps for a slow reader, or one that comes back.");
    public static final Setting<Long> STREAM_BYTES =
            Setting.of(
                    "limits.http-stream.bytes",
                    size(KIB, GIB),
                    16 * MIB,
                    "Bytes that one stream keeps; a larger message is left out of it.");
    public static final Setting<Duration> STREAM_RESUME =
            Setting.of(
                    "limits.http-stream.resume",
                    duration(Duration.ZERO, Duration.ofHours(1)),
                    Duration.ofSeconds(60),
                    "How long a stream waits for its reader to come back with `Last-Event-ID`.");
    public static final Setting<Duration> REQUEST_WAIT =
            Setting.of(
                    "limits.http-request-wait",
                    duration(Duration.ofSeconds(1), Duration.ofMinutes(10)),
                    Duration.ofSeconds(60),
                    "Longest time that a request over HTTP may wait for an answer.");
    public static final Setting<Integer> LOGINS_PER_ADDRESS =
            Setting.of(
                    "limits.login.per-address",
                    integer(1, 1_000_000),
                    100,
                    "Wrong passwords and secrets that one address may send at once; one more is"
                            + " allowed every 600 ms.");
    public static final Setting<Integer> LOGINS_PER_IDENTITY =
            Setting.of(
                    "limits.login.per-identity",
                    integer(1, 1_000_000),
                    10,
                    "Wrong passwords and secrets for one user or client at once; one more is"
                            + " allowed every 6 s.");

    public static final Setting<Integer> MAXIMUM_QOS =
            Setting.of("mqtt.maximum-qos", integer(0, 2), 2, "Highest QoS in both directions.");
    public static final Setting<Boolean> RETAIN =
            Setting.of("mqtt.retain", bool(), true, "Whether messages may be retained.");
    public static final Setting<Boolean> WILDCARD_SUBSCRIPTIONS =
            Setting.of(
                    "mqtt.wildcard-subscriptions",
                    bool(),
                    true,
                    "Whether topic filters may have wildcards.");
    public static final Setting<Boolean> SHARED =
            Setting.of(
                    "mqtt.shared-subscriptions",
                    bool(),
                    true,
                    "Whether `$share/...` may be subscribed to.");
    public static final Setting<Boolean> SUBSCRIPTION_IDENTIFIERS =
            Setting.of(
                    "mqtt.subscription-identifiers",
                    bool(),
                    true,
                    "Whether subscriptions may carry an identifier.");
    public static final Setting<String> RESPONSE_INFORMATION =
            optional(
                    "mqtt.response-information",
                    text("a text"),
                    "Given to MQTT 5 clients that ask for it, usually the topic below which they"
                            + " expect replies.");
    public static final Setting<Boolean> SENDER =
            Setting.of(
                    "mqtt.sender",
                    bool(),
                    true,
                    "Whether messages tell MQTT 5 subscribers who has published them, by the user"
                            + " properties `sermas-app`, `sermas-client` and `sermas-user`; what a"
                            + " publisher writes there itself is taken out.");
    public static final Setting<Duration> STATUS_INTERVAL =
            Setting.of(
                    "mqtt.status-interval",
                    duration(Duration.ofSeconds(1), Duration.ofHours(1)),
                    Duration.ofSeconds(10),
                    "How often `$SYS/broker/...` is published.");
    public static final Setting<SharedStrategy> SHARED_SUBSCRIPTIONS =
            Setting.of(
                    "mqtt.shared-strategy",
                    oneOf(SharedStrategy.class),
                    SharedStrategy.ROUND_ROBIN,
                    "Which member of a shared subscription gets a message: the next one, the least"
                            + " busy one, or the same one for all messages of one publisher.");

    public static final Setting<Durability> DURABILITY =
            Setting.of(
                    "durability.default",
                    oneOf(Durability.class),
                    Durability.FSYNC,
                    "What the acknowledgement of a message of QoS 1 or 2 promises: that it is on disk"
                            + " for all sessions that wait for it (`fsync`), that it is written a"
                            + " moment later (`async`), or nothing beyond the process (`none`).");
    public static final Setting<List<DurabilityPolicy.Rule>> DURABILITY_TOPICS =
            Setting.of(
                    "durability.topics",
                    DurabilityRules.KIND,
                    List.of(),
                    "The same for topics that match a filter; the first that matches holds.");
    public static final Setting<Integer> DURABILITY_PATIENCE =
            Setting.of(
                    "durability.patience",
                    integer(0, 1_000),
                    DurabilityPolicy.DEFAULT.patience(),
                    "Milliseconds that connected subscribers get to acknowledge a message before it"
                            + " is written to disk; if all do, it never is.");

    public static final Setting<LogLevel> LOG_LEVEL =
            Setting.of("log.level", oneOf(LogLevel.class), LogLevel.INFO, "How much is logged.");
    public static final Setting<LogFormat> LOG_FORMAT =
            Setting.of(
                    "log.format",
                    oneOf(LogFormat.class),
                    LogFormat.TEXT,
                    "One line of text per event, or one JSON object.");

    public static final Setting<List<PayloadChecks.Choice>> PAYLOAD_CHECKS =
            Setting.of(
                    "payload.checks",
                    PayloadRules.KIND,
                    List.of(),
                    "Which topics of the catalogue have their payloads compared with its schema: what"
                            + " does not fit is counted and told (`observe`) or refused"
                            + " (`reject`). The first filter that matches holds.");
    public static final Setting<AuditTarget> AUDIT =
            Setting.of(
                    "audit.to",
                    oneOf(AuditTarget.class),
                    AuditTarget.FILE,
                    "Where changes of identities, issued tokens and refusals are written, one JSON"
                            + " object a line.");
    public static final Setting<Path> AUDIT_FILE =
            optional(
                    "audit.file",
                    path("a path"),
                    "The file of the audit log; `audit.log` in `data-dir` without it.");
    public static final Setting<Long> AUDIT_MAX_SIZE =
            Setting.of(
                    "audit.max-size",
                    size(64 * KIB, 64 * GIB),
                    16 * MIB,
                    "Size at which that file is put aside under a number and begun anew.");
    public static final Setting<Integer> AUDIT_KEEP =
            Setting.of(
                    "audit.keep",
                    integer(0, 10_000),
                    9,
                    "Files that are put aside and kept; the oldest go first.");

    /// In the order of the reference.
    static final List<Setting<?>> ALL =
            List.of(
                    BIND,
                    PORT,
                    MQTT_PORT,
                    DATA_DIR,
                    OPEN,
                    OPEN_ANYWHERE,
                    TLS_CERT,
                    TLS_KEY,
                    TLS_SELF_SIGNED,
                    TlsSettings.CLIENT_AUTH,
                    TlsSettings.CLIENT_CA,
                    TOKEN_ISSUER,
                    TOKEN_LIFETIME,
                    TOKEN_SESSION_MAX_AGE,
                    TOKEN_WARNING,
                    ADMIN_USER,
                    ADMIN_PASSWORD,
                    ADMIN_PASSWORD_FILE,
                    PLATFORM_SECRET,
                    PLATFORM_SECRET_FILE,
                    REMOTE_URL,
                    REMOTE_BODY,
                    REMOTE_ANSWER,
                    REMOTE_TIMEOUT,
                    REMOTE_CONCURRENCY,
                    REMOTE_FRESH,
                    REMOTE_STALE,
                    REMOTE_REMEMBERED,
                    REMOTE_REVIEW,
                    PACKET_SIZE,
                    RECEIVE_MAXIMUM,
                    UNACKNOWLEDGED,
                    TOPIC_ALIASES,
                    SUBSCRIPTIONS_PER_PACKET,
                    SUBSCRIPTIONS_PER_SESSION,
                    QUEUE_MAX_MESSAGES,
                    QUEUE_MAX_BYTES,
                    QUEUE_QOS_0,
                    QUEUE_POLICY,
                    QUEUE_TOTAL_BYTES,
                    SESSION_EXPIRY,
                    KEEP_ALIVE,
                    CONNECT_TIMEOUT,
                    CONNECTIONS,
                    CONNECTIONS_PER_SECOND,
                    LOOPBACK_TOO,
                    WRITE_BUFFER,
                    HTTP_BODY,
                    STREAMS,
                    STREAM_EVENTS,
                    STREAM_BYTES,
                    STREAM_RESUME,
                    REQUEST_WAIT,
                    LOGINS_PER_ADDRESS,
                    LOGINS_PER_IDENTITY,
                    LoginSettings.DELAY,
                    LoginSettings.LONGEST_DELAY,
                    LoginSettings.DELAYED,
                    QuotaSettings.CONNECTIONS,
                    QuotaSettings.MESSAGES,
                    QuotaSettings.BYTES,
                    QuotaSettings.RETAINED,
                    QuotaSettings.RETAINED_BYTES,
                    QuotaSettings.APPS,
                    MAXIMUM_QOS,
                    RETAIN,
                    WILDCARD_SUBSCRIPTIONS,
                    SHARED,
                    SUBSCRIPTION_IDENTIFIERS,
                    RESPONSE_INFORMATION,
                    SENDER,
                    STATUS_INTERVAL,
                    SHARED_SUBSCRIPTIONS,
                    DURABILITY,
                    DURABILITY_TOPICS,
                    DURABILITY_PATIENCE,
                    LOG_LEVEL,
                    LOG_FORMAT,
                    CatalogueSettings.FILES,
                    CatalogueSettings.TOPICS,
                    CatalogueSettings.TOPICS_OF_ONE,
                    CatalogueSettings.BYTES_OF_ONE,
                    PAYLOAD_CHECKS,
                    AUDIT,
                    AUDIT_FILE,
                    AUDIT_MAX_SIZE,
                    AUDIT_KEEP);

    private Settings() {}
}
