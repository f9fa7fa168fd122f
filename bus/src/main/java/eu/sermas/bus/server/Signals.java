package eu.sermas.bus.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signals that are no order to end: SIGHUP has the configuration read again, and others that would
/// end the process by default change nothing. SIGTERM and SIGINT are the business of [Shutdown].
///
/// The JDK has a class for this, outside of its API; it is asked for by name, since the compiler
/// warns of whoever imports it. Without it the bus runs as well.
final class Signals {

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);
    private static final String HANGUP = "HUP";

    /// The JVM itself uses some of them on some machines, and keeps those.
    private static final List<String> STRAY = List.of("USR1", "USR2", "ALRM");

    private Signals() {}

    /// @param hangup what to do at SIGHUP, on a thread of its own
    static void handle(Runnable hangup) {
        handle(HANGUP, hangup);
        STRAY.forEach(name -> handle(name, () -> LOG.info("SIG{} changes nothing", name)));
    }

    @SuppressWarnings("ReferenceEquality") // a handler is itself and nobody else
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler handling =
                    (proxy, method, arguments) ->
                            switch (method.getName()) {
                                case "handle" -> {
                                    action.run();
                                    yield null;
                                }
                                case "equals" -> arguments != null && proxy == arguments[0];
                                case "hashCode" -> name.hashCode();
                                default -> "handler of SIG" + name;
                            };
            Object made =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(), new Class<?>[] {handler}, handling);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), made);
        } catch (ReflectiveOperationException e) {
            LOG.debug("SIG{} is as the JVM has it: {}", name, e.toString());
        }
    }
}
