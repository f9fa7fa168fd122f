package eu.sermas.bus.client;

import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/// One blocking socket, with TLS or without.
final class SocketLink implements Link {

    private static final int CHUNK = 64 * 1024;

    private final Socket socket;

    SocketLink(Socket socket) {
        this.socket = socket;
    }

    static SocketLink open(Endpoint endpoint) throws IOException {
        Socket socket = new Socket();
        try {
            int millis = endpoint.patienceMillis();
            socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()), millis);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            SSLContext tls = endpoint.tls();
            return new SocketLink(tls == null ? socket : secure(socket, endpoint, tls));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secure(Socket socket, Endpoint endpoint, SSLContext tls)
            throws IOException {
        SSLSocket secure =
                (SSLSocket)
                        tls.getSocketFactory()
                                .createSocket(socket, endpoint.host(), endpoint.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name must be in there
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        return secure;
    }

    @Override
    public synchronized void send(ByteBuf bytes) throws IOException {
        bytes.readBytes(socket.getOutputStream(), bytes.readableBytes());
        socket.getOutputStream().flush();
    }

    @Override
    public boolean receive(ByteBuf into, int millis) throws IOException {
        socket.setSoTimeout(millis);
        try {
            if (into.writeBytes(socket.getInputStream(), CHUNK) < 0) {
                throw new EOFException("the connection was closed");
            }
            return true;
        } catch (SocketTimeoutException _) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
