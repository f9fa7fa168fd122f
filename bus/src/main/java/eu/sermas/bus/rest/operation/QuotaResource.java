package eu.sermas.bus.rest.operation;

import com.fasterxml.jackson.annotation.JsonInclude;
import eu.sermas.bus.broker.live.QuotaUse;
import eu.sermas.bus.broker.live.ShareUse;
import eu.sermas.bus.rest.caller.Access;
import eu.sermas.bus.rest.caller.Caller;
import eu.sermas.bus.rest.caller.Needs;
import eu.sermas.bus.rest.http.Refused;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What an app uses of its quota, and of what all apps use together.
@Path("api/app/{appId}/quota")
public final class QuotaResource {

    /// @param used absent for a rate
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Quota(String quota, long limit, @Nullable Long used, boolean spent) {

        static Quota of(QuotaUse use) {
            return new Quota(use.quota(), use.limit(), use.used(), use.spent());
        }
    }

    /// In bytes.
    ///
    /// @param share `messages`, `sessions`, `disk` or `retained`
    /// @param guaranteed what nobody else can take
    /// @param usedByAll for administrators, like the total
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Part(
            String share,
            long used,
            long guaranteed,
            @Nullable Long usedByAll,
            @Nullable Long total) {

        static Part of(ShareUse use, boolean whole) {
            return new Part(
                    use.share(),
                    use.used(),
                    use.guaranteed(),
                    whole ? use.usedByAll() : null,
                    whole ? use.total() : null);
        }
    }

    /// @param quotas those that are set
    record Used(String appId, List<Quota> quotas, List<Part> shares) {}

    private final Predicate<String> exists;
    private final Function<Set<String>, List<QuotaUse>> quotas;
    private final Function<String, List<ShareUse>> shares;

    /// @param exists whether there is such an app
    /// @param quotas what the clients of an app use of it
    /// @param shares what an app uses of what all use together
    public QuotaResource(
            Predicate<String> exists,
            Function<Set<String>, List<QuotaUse>> quotas,
            Function<String, List<ShareUse>> shares) {
        this.exists = exists;
        this.quotas = quotas;
        this.shares = shares;
    }

    @GET
    @Needs(Access.ACCESS_LIVE)
    public Used quota(@Context Caller caller, @PathParam("appId") String appId) {
        if (!exists.test(appId)) {
            throw Refused.notFound("app not found");
        }
        boolean whole = caller.principal().isPlatformAdmin();
        return new Used(
                appId,
                quotas.apply(Set.of(appId)).stream().map(Quota::of).toList(),
                shares.apply(appId).stream().map(use -> Part.of(use, whole)).toList());
    }
}
