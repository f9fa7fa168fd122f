package eu.sermas.bus.http;

/// What holds for every connection over HTTP.
///
/// @param origins whose pages may ask
/// @param budget what requests may hold together
/// @param forwarding where requests come from that proxies pass on
public record HttpRules(Origins origins, HttpBudget budget, Forwarding forwarding) {}
