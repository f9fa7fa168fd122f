package eu.sermas.bus.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An app that the configuration declares; the registry is kept in step with it.
///
/// @param isPublic whether everybody with an account may enter it
/// @param ownerId the user who owns it, or null for the administrator
/// @param tokenLifetime of the tokens of its clients, or null for that of the installation
/// @param members ids of users; null leaves those that there are
public record DeclaredApp(
        String appId,
        String name,
        boolean isPublic,
        @Nullable String ownerId,
        @Nullable Duration tokenLifetime,
        @Nullable List<String> members,
        List<Module> modules,
        List<Client> clients) {

    /// A module, which is also a client with the grants that `supports` stands for.
    ///
    /// @param secret null where the registry shall make one
    /// @param supports resources and scopes: `dialogue`, `dialogue.messages`
    public record Module(
            String moduleId,
            @Nullable String name,
            @Nullable String secret,
            List<String> supports) {

        /// Leaves the secret out.
        @Override
        public String toString() {
            return "Module[" + moduleId + ", supports=" + supports + "]";
        }
    }

    /// A client with its grants as they are.
    ///
    /// @param secret null where the registry shall make one
    /// @param tokenLifetime null for that of the app
    public record Client(
            String clientId,
            @Nullable String name,
            @Nullable String secret,
            List<String> permissions,
            @Nullable Duration tokenLifetime) {

        /// Leaves the secret out.
        @Override
        public String toString() {
            return "Client[" + clientId + ", permissions=" + permissions + "]";
        }
    }
}
