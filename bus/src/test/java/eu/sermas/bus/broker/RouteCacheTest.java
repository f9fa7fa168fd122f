package eu.sermas.bus.broker;

import static org.assertj.core.api.Assertions.assertThat;

import eu.sermas.bus.budget.Shares;
import eu.sermas.bus.packet.QoS;
import eu.sermas.bus.packet.Subscription;
import eu.sermas.bus.packet.Topic;
import eu.sermas.bus.packet.TopicFilter;
import eu.sermas.bus.routing.SubscriptionTree;
import eu.sermas.bus.session.Account;
import eu.sermas.bus.session.Session;
import eu.sermas.bus.session.SessionKey;
import eu.sermas.bus.session.Tally;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What the routes of many topics with many subscribers may take.
class RouteCacheTest {

    private static final int SUBSCRIBERS = 1_000;
    private static final long LIMIT = 1 << 20;

    private final SubscriptionTree<Session> subscriptions = new SubscriptionTree<>();
    private final RouteCache routes =
            new RouteCache(
                    subscriptions, 2, LIMIT, SharedStrategy.ROUND_ROBIN, DurabilityPolicy.DEFAULT);

    private void subscribe(int sessions, String filter) {
        Shares shares = new Shares(1L << 30, 1);
        Account account = new Account("", shares.system(), shares.system(), shares.system(), 1024);
        for (int i = 0; i < sessions; i++) {
            Session session =
                    new Session(
                            new SessionKey("p", filter + i),
                            i % 2,
                            BrokerFixture.queue(10),
                            account,
                            new Tally(),
                            Runnable::run);
            subscriptions.add(
                    session, Subscription.of(TopicFilter.of(filter), QoS.AT_LEAST_ONCE), i + 1);
        }
    }

    @Test
    void manyTopicsTimesManySubscribersStayWithinTheLimit() {
        subscribe(SUBSCRIBERS, "#");
        IntStream.range(0, 8_192)
                .forEach(
                        i -> {
                            routes.route(Topic.of("t/" + i));
                            assertThat(routes.bytes()).isLessThanOrEqualTo(LIMIT);
                        });
        assertThat(routes.size()).isBetween(5, 15); // of about 100 KiB each
    }

    @Test
    void aRouteThatIsInUseStays() {
        subscribe(SUBSCRIBERS, "#");
        Topic busy = Topic.of("busy");
        Route route = routes.route(busy);
        for (int i = 0; i < 100; i++) {
            routes.route(Topic.of("t/" + i));
            assertThat(routes.route(busy)).isSameAs(route);
        }
    }
}
