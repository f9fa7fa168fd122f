package eu.sermas.bus.systemtest.crash;

import eu.sermas.bus.systemtest.raw.Packet;
import eu.sermas.bus.systemtest.raw.Version;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/// One connection of a [RawPeer], which may end at any moment.
final class Link implements AutoCloseable {

    private final Socket socket;
    private final DataInputStream in;
    private final Version version;

    private Link(Socket socket, Version version) throws IOException {
        this.socket = socket;
        this.version = version;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    static Link open(int port, Version version) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return new Link(socket, version);
    }

    /// Says nothing where the connection has ended: reading says so.
    void send(byte[] bytes) {
        try {
            synchronized (socket) {
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            close();
        }
    }

    /// @return null at the end of the connection
    @Nullable Packet read() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        int length = 0;
        int shift = 0;
        int next;
        do {
            next = in.readUnsignedByte();
            length |= (next & 0x7F) << shift;
            shift += 7;
        } while (next >= 0x80);
        var body = new byte[length];
        in.readFully(body);
        return Packet.read(version, first, body);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It had ended before.
        }
    }
}
