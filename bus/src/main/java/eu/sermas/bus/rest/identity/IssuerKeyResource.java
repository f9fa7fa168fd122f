package eu.sermas.bus.rest.identity;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.identity.keys.IssuerKeys;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys that sign the tokens of this bus, for administrators. Nothing of a key itself is shown.
@Path("api/platform/issuer-key")
public final class IssuerKeyResource {

    /// @param state `signing`, or `retired` where it only verifies
    /// @param createdAt ISO 8601; absent for one that was made before that was kept
    /// @param until when it ends, with the last token that it has signed
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record IssuerKey(String kid, String state, @Nullable String createdAt, @Nullable String until) {

        static IssuerKey of(IssuerKeys.Listed key) {
            return new IssuerKey(
                    key.keyId(),
                    key.until() == null ? "signing" : "retired",
                    text(key.createdAt()),
                    text(key.until()));
        }

        private static @Nullable String text(@Nullable Instant instant) {
            return instant == null ? null : instant.toString();
        }
    }

    private final IssuerKeys keys;

    public IssuerKeyResource(IssuerKeys keys) {
        this.keys = keys;
    }

    /// The one that signs is the first.
    @GET
    @Needs(Access.ADMIN)
    public List<IssuerKey> issuerKeys() {
        return keys.list().stream().map(IssuerKey::of).toList();
    }

    /// Signs with a new key from now on. Those before verify until their last token has expired.
    @POST
    @Needs(Access.ADMIN)
    public List<IssuerKey> rotateIssuerKey() {
        if (!keys.rotate()) {
            throw Refused.conflict(
                    "issuer keys: %d still verify (expected: fewer than that)"
                            .formatted(IssuerKeys.MOST));
        }
        return issuerKeys();
    }
}
