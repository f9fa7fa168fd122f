package eu.sermas.bus.identity;

/// What is configured to be as open as it was with the platform of old; by default nothing is.
///
/// @param membership whether every account is a member of every app
/// @param permissions whether a client that is made without any may do everything in its app
public record Openness(boolean membership, boolean permissions) {

    public static final Openness NONE = new Openness(false, false);
}
