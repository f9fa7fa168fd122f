package eu.sermas.bus.systemtest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A cable between clients and the bus that a test can cut: the bus then sees what it sees when a
/// client crashes or loses its network, with every library.
final class Wire implements AutoCloseable {

    private final ServerSocket entrance;
    private final int busPort;
    private final List<Socket> ends = new CopyOnWriteArrayList<>();

    Wire(int busPort) {
        this.busPort = busPort;
        try {
            entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + entrance.getLocalPort() + path);
    }

    /// Cuts what runs through now; new connections go through again.
    void cut() {
        ends.forEach(Wire::close);
        ends.clear();
    }

    @Override
    public void close() {
        close(entrance);
        cut();
    }

    private void accept() {
        try {
            while (true) {
                var client = entrance.accept();
                var bus = new Socket(InetAddress.getLoopbackAddress(), busPort);
                client.setTcpNoDelay(true);
                bus.setTcpNoDelay(true);
                ends.addAll(List.of(client, bus));
                Thread.ofVirtual().start(() -> carry(client, bus));
                Thread.ofVirtual().start(() -> carry(bus, client));
            }
        } catch (IOException e) {
            // The entrance was closed.
        }
    }

    private static void carry(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One end was cut or closed; the other follows.
        } finally {
            close(from);
            close(to);
        }
    }

    private static void close(AutoCloseable end) {
        try {
            end.close();
        } catch (Exception e) {
            // Closed is closed.
        }
    }
}
