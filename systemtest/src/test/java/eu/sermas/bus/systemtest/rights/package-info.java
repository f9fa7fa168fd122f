/// Who may do what, asked by those who would like to do more: with rights that were meant for
/// another login, that have just been withdrawn, that lead to further ones, or that a stranger has.
@NullMarked
package eu.sermas.bus.systemtest.rights;

import org.jspecify.annotations.NullMarked;
