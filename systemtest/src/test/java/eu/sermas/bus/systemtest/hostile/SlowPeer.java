package eu.sermas.bus.systemtest.hostile;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/// A peer that says something and then goes on as slowly as it dares; what it is told it ignores.
///
/// @param atOnce sent when the connection is open
/// @param slowly pieces that are sent one by one
/// @param stubborn whether it goes on when the bus has ended its half
record SlowPeer(String name, byte[] atOnce, List<byte[]> slowly, boolean stubborn) {

    private static final int PAUSE_MILLIS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    SlowPeer(String name, byte[] atOnce, List<byte[]> slowly) {
        this(name, atOnce, slowly, false);
    }

    SlowPeer afterTheEnd() {
        return new SlowPeer(name, atOnce, slowly, true);
    }

    /// Goes on until the bus ends the connection.
    ///
    /// @return how long that took, or how long this peer has waited for it
    Duration lastsOn(int port) {
        long start = System.nanoTime();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PAUSE_MILLIS);
            socket.getOutputStream().write(atOnce);
            var pieces = slowly.iterator();
            while (since(start).compareTo(PATIENCE) < 0 && !endsWithinPause(socket)) {
                if (pieces.hasNext()) {
                    socket.getOutputStream().write(pieces.next());
                }
            }
        } catch (IOException _) {
            // A reset is an end as well.
        }
        return since(start);
    }

    private boolean endsWithinPause(Socket socket) throws IOException {
        long end = System.nanoTime() + Duration.ofMillis(PAUSE_MILLIS).toNanos();
        try {
            while (System.nanoTime() < end) {
                if (socket.getInputStream().read() < 0 && !stubborn) {
                    return true;
                }
            }
        } catch (SocketTimeoutException _) {
            return false;
        }
        return false;
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    @Override
    public String toString() {
        return name;
    }
}
