package eu.sermas.bus.systemtest.crash;

/// A client with a session that outlives its connections. It notes in the history what it does and
/// sees, connects again for as long as it wants to be there, and repeats what was not answered.
///
/// Safe for use by any thread.
interface Peer extends AutoCloseable {

    /// Connects now, and again whenever the connection ends, until it leaves.
    void comeBack();

    /// Ends the connection with DISCONNECT and stays away; the session goes on.
    void leave();

    /// Returns once the subscription was answered, perhaps only after a restart of the bus.
    void subscribe(String filter, int qos);

    /// Sends now or as soon as there is a connection, and goes on until it is acknowledged.
    void publish(Message message);

    /// Messages whose exchange with the bus is not complete.
    int unacknowledged();

    /// Ends everything; never throws.
    @Override
    void close();
}
