package eu.sermas.bus.rest;

import jakarta.ws.rs.core.MultivaluedMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.jboss.resteasy.core.ResteasyDeploymentImpl;
import org.jboss.resteasy.core.SynchronousDispatcher;

/// The JAX-RS implementation behind our own HTTP: resources and providers are given to it as
/// objects, nothing is scanned or discovered. It starts in the background, so that the process need
/// not wait for it; the first request does.
final class RestDispatcher implements AutoCloseable {

    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rest-", 0).factory());
    private final CompletableFuture<SynchronousDispatcher> dispatcher;

    /// @param refusals is told of each request that is refused
    RestDispatcher(List<Object> resources, Guard guard, Consumer<Refused> refusals) {
        dispatcher =
                CompletableFuture.supplyAsync(() -> start(resources, guard, refusals), threads);
    }

    private static SynchronousDispatcher start(
            List<Object> resources, Guard guard, Consumer<Refused> refusals) {
        ResteasyDeploymentImpl deployment = new ResteasyDeploymentImpl();
        deployment.setRegisterBuiltin(false);
        deployment.getResources().addAll(resources);
        deployment
                .getProviders()
                .addAll(List.of(new Bodies(), new Errors(refusals), new Conventions(), guard));
        deployment.start();
        return (SynchronousDispatcher) deployment.getDispatcher();
    }

    void execute(Runnable task) {
        threads.execute(task);
    }

    /// Serves one request on the calling thread. Always answers.
    Answer call(Call call) {
        try {
            SynchronousDispatcher server = dispatcher.join();
            RestResponse response = new RestResponse();
            server.invoke(new RestRequest(call, server, response), response);
            return new Answer(
                    response.getStatus(),
                    headers(response.getOutputHeaders()),
                    response.body(),
                    response.stream());
        } catch (RuntimeException | Error e) {
            return Answer.of(Errors.unexpected(e));
        }
    }

    private static Map<String, List<String>> headers(MultivaluedMap<String, Object> headers) {
        Map<String, List<String>> texts = new LinkedHashMap<>();
        headers.forEach(
                (name, values) -> texts.put(name, values.stream().map(Object::toString).toList()));
        return texts;
    }

    @Override
    public void close() {
        threads.close();
    }
}
