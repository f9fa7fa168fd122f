package eu.sermas.bus.broker;

import eu.sermas.bus.access.ExplainedByVerdict;
import eu.sermas.bus.access.LocalRights;
import eu.sermas.bus.access.Rule;
import eu.sermas.bus.access.Verdict;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rights that a test makes up for publishing and subscribing.
abstract class MadeUpRights implements LocalRights, ExplainedByVerdict {

    @Override
    public Set<String> appIds() {
        return Set.of("t");
    }

    @Override
    public Verdict mayCall(String resource, String scope, @Nullable String appId) {
        return Verdict.denied(Rule.SYSTEM_TOPIC, "not a REST client");
    }
}
