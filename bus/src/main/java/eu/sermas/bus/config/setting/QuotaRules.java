package eu.sermas.bus.config.setting;

import eu.sermas.bus.broker.Quotas.Quota;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// How the quotas of single apps are written down: `kiosk connections=10 messages-per-second=200,
/// robot connections=2`. What is not named is not limited.
final class QuotaRules {

    static final Kind<Map<String, Quota>> KIND =
            new Kind<>(
                    "APP connections=N messages-per-second=N bytes-per-second=N"
                            + " retained-messages=N retained-bytes=N, separated by commas",
                    QuotaRules::read,
                    QuotaRules::show);

    private static final Pattern APP = Pattern.compile("[A-Za-z0-9._~-]{1,64}");
    private static final Pattern AMOUNT = Pattern.compile("([a-z-]+)=([1-9]\\d{0,17})");

    private static final Map<String, BiFunction<Quota, Long, Quota>> NAMES =
            Map.of(
                    "connections",
                    (q, n) ->
                            new Quota(
                                    n,
                                    q.messagesPerSecond(),
                                    q.bytesPerSecond(),
                                    q.retainedMessages(),
                                    q.retainedBytes()),
                    "messages-per-second",
                    (q, n) ->
                            new Quota(
                                    q.connections(),
                                    n,
                                    q.bytesPerSecond(),
                                    q.retainedMessages(),
                                    q.retainedBytes()),
                    "bytes-per-second",
                    (q, n) ->
                            new Quota(
                                    q.connections(),
                                    q.messagesPerSecond(),
                                    n,
                                    q.retainedMessages(),
                                    q.retainedBytes()),
                    "retained-messages",
                    (q, n) ->
                            new Quota(
                                    q.connections(),
                                    q.messagesPerSecond(),
                                    q.bytesPerSecond(),
                                    n,
                                    q.retainedBytes()),
                    "retained-bytes",
                    (q, n) ->
                            new Quota(
                                    q.connections(),
                                    q.messagesPerSecond(),
                                    q.bytesPerSecond(),
                                    q.retainedMessages(),
                                    n));

    private QuotaRules() {}

    private static Optional<Map<String, Quota>> read(String text) {
        Map<String, Quota> quotas = new LinkedHashMap<>();
        if (text.isBlank()) {
            return Optional.of(quotas);
        }
        for (String part : text.split(",", -1)) {
            String[] words = part.strip().split("\\s+", -1);
            Quota quota = Quota.NONE;
            for (int i = 1; i < words.length; i++) {
                Matcher amount = AMOUNT.matcher(words[i]);
                BiFunction<Quota, Long, Quota> change =
                        amount.matches() ? NAMES.get(amount.group(1)) : null;
                if (change == null) {
                    return Optional.empty();
                }
                quota = change.apply(quota, Long.parseLong(amount.group(2)));
            }
            if (!APP.matcher(words[0]).matches() || quotas.put(words[0], quota) != null) {
                return Optional.empty();
            }
        }
        return Optional.of(quotas);
    }

    private static String show(Map<String, Quota> quotas) {
        return quotas.entrySet().stream()
                .map(entry -> entry.getKey() + show(entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String show(Quota quota) {
        return show("connections", quota.connections())
                + show("messages-per-second", quota.messagesPerSecond())
                + show("bytes-per-second", quota.bytesPerSecond())
                + show("retained-messages", quota.retainedMessages())
                + show("retained-bytes", quota.retainedBytes());
    }

    private static String show(String name, long value) {
        return value == Quota.UNLIMITED ? "" : " " + name + "=" + value;
    }
}
