package eu.sermas.bus.inspect;

/// One line of a report. Its components are the members of a JSON object; a component that is null
/// is not there.
sealed interface Row permits FamilyRow, SessionRow, QueuedRow, RetainedRow {

    /// The row for people.
    String text();
}
