package eu.sermas.bus.rest.http;

import eu.sermas.bus.http.Holding;
import eu.sermas.bus.http.HttpBudget;
import org.jspecify.annotations.Nullable;

/// On whose account a request is. Whether its caller may do what they want is asked apart.
@FunctionalInterface
public interface Accounts {

    /// What a request may hold whose caller shows this header, or null for a stranger. Blocks where
    /// another issuer has to be asked.
    @Nullable Holding open(@Nullable String authorization, HttpBudget budget);
}
