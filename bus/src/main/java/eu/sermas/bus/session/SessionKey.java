package eu.sermas.bus.session;

/// What a session is kept under. Client identifiers are apart for each principal, so that nobody
/// takes over another's session by using its identifier [MQTT-3.1.3-2].
public record SessionKey(String principalId, String clientId) {

    @Override
    public String toString() {
        return principalId + "/" + clientId;
    }
}
