package eu.sermas.bus.systemtest;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One bus for all test classes that only need a bus: they differ in their apps. It starts with the
/// first class that asks and stops with the test run; what it has printed is looked through after
/// each class.
///
/// A constructor may ask for the [BusProcess] and for [Rest] as the administrator.
public final class SharedBus implements ParameterResolver, AfterAllCallback {

    /// @param admin REST with the administrator's token
    private record Shared(BusProcess bus, Rest admin) {

        static Shared start() {
            var bus =
                    BusProcess.serve()
                            .set("limits.login.per-address", 1_000_000)
                            .set("limits.login.per-identity", 1_000_000)
                            .env("SERMAS_BUS_AUTH_PLATFORM_SECRET", BusProcess.PLATFORM_SECRET)
                            .start();
            bus.output().mustNotHold(BusProcess.ADMIN_PASSWORD);
            bus.output().mustNotHold(BusProcess.PLATFORM_SECRET);
            var token = bus.rest().login(BusProcess.ADMIN, BusProcess.ADMIN_PASSWORD);
            return new Shared(bus, bus.rest().as(token));
        }
    }

    /// Starts once, also where that fails: then every test fails at once and for the same reason.
    private static final class Start implements AutoCloseable {

        private final FutureTask<Shared> task = new FutureTask<>(Shared::start);

        Shared result() {
            task.run();
            try {
                return task.get();
            } catch (ExecutionException | InterruptedException e) {
                throw new IllegalStateException("the shared bus did not start", e);
            }
        }

        @Override
        public void close() {
            if (task.state() == Future.State.SUCCESS) {
                task.resultNow().bus().close();
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == BusProcess.class || type == Rest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var shared = shared(context);
        return parameter.getParameter().getType() == BusProcess.class
                ? shared.bus()
                : shared.admin();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        shared(context).bus().output().assertNewIsClean();
    }

    private static Shared shared(ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedBus.class))
                .computeIfAbsent(Start.class, _ -> new Start(), Start.class)
                .result();
    }
}
