package eu.sermas.bus.identity.remote;

import java.net.URI;
import java.time.Duration;

/// How the decision server is asked.
///
/// @param url before `/auth`, `/auth/su` and `/acl`
/// @param body the form of the parameters
/// @param answer how an answer says yes
/// @param timeout for one question, the wait for its turn included
/// @param concurrency questions on their way at the same time
/// @param fresh how long an answer counts
/// @param stale how long the last answer counts while no other can be had
/// @param remembered answers at most
/// @param review how often the subscriptions of a live connection are asked about again
public record RemoteSettings(
        URI url,
        Body body,
        Answer answer,
        Duration timeout,
        int concurrency,
        Duration fresh,
        Duration stale,
        int remembered,
        Duration review) {

    /// How parameters are sent.
    public enum Body {
        FORM,
        JSON
    }

    /// What means yes.
    public enum Answer {
        /// Any status 2xx.
        STATUS,
        /// Status 2xx and `{"ok":true}`.
        JSON,
        /// Status 2xx and `ok`.
        TEXT
    }
}
