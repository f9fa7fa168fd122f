package eu.sermas.bus.identity;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// About how many bytes of heap records of the registry take, with all objects that they are made
/// of: rather more than too few.
final class HeapCost {

    private static final long APP = 1_024;
    private static final long CLIENT = 1_024;
    private static final long MODULE = 512;
    private static final long USER = 1_024;

    /// A permission is kept as it is written and compiled, for a client and for its rights.
    private static final long PERMISSION = 384;

    private static final long TEXT = 56;
    private static final long NODE = 48;
    private static final long FIELD = 88;

    private HeapCost() {}

    static long of(AppState state) {
        App app = state.app();
        long cost =
                APP
                        + of(app.appId())
                        + of(app.name())
                        + of(app.description())
                        + of(app.ownerId())
                        + of(app.repository())
                        + of(app.settings())
                        + of(app.tools())
                        + of(app.extra())
                        + of(state.members(), TEXT);
        for (AppModule module : state.modules()) {
            cost += of(module);
        }
        for (ClientState client : state.clients().values()) {
            cost += of(client);
        }
        return cost;
    }

    private static long of(AppModule module) {
        return MODULE
                + of(module.moduleId())
                + of(module.status())
                + of(module.name())
                + of(module.description())
                + of(module.supports(), TEXT)
                + of(module.config())
                + of(module.extra());
    }

    private static long of(ClientState state) {
        AppClient client = state.client();
        return CLIENT
                + of(client.clientId())
                + of(client.name())
                + of(state.permissions(), PERMISSION);
    }

    static long of(PlatformModule module) {
        return MODULE + of(Json.tree(module));
    }

    static long of(User user) {
        return USER
                + of(user.userId())
                + of(user.username())
                + of(user.email())
                + of(user.firstName())
                + of(user.lastName())
                + of(user.roles(), TEXT);
    }

    static long of(RefreshTokens.Family family) {
        return USER + of(family.subject().client().clientId()) + of(family.sessionId());
    }

    static long of(Revocation revocation) {
        return MODULE + 2 * of(revocation.id());
    }

    private static long of(Collection<String> texts, long each) {
        long cost = NODE;
        for (String text : texts) {
            cost += each + 2 * of(text);
        }
        return cost;
    }

    private static long of(Map<String, JsonNode> fields) {
        long cost = NODE;
        for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
            cost += FIELD + of(field.getKey()) + of(field.getValue());
        }
        return cost;
    }

    static long of(@Nullable String text) {
        return text == null ? 0 : TEXT + (isLatin1(text) ? 1L : 2L) * text.length();
    }

    private static boolean isLatin1(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }

    private static long of(@Nullable JsonNode node) {
        if (node == null) {
            return 0;
        }
        long cost = NODE;
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                cost += FIELD + of(field.getKey()) + of(field.getValue());
            }
        } else if (node.isArray()) {
            for (JsonNode element : node) {
                cost += Long.BYTES + of(element);
            }
        } else if (node.isTextual()) {
            cost += of(node.textValue());
        } else if (node.isBigInteger() || node.isBigDecimal()) {
            cost += NODE + node.decimalValue().unscaledValue().bitLength() / Byte.SIZE;
        }
        return cost;
    }
}
