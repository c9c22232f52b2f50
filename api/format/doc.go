// Package format writes the list of models in the forms of other programs: their
// catalogues, and configurations that are ready to be used. Each form is a pure
// function of the models that a caller may use.
//
// What models say of themselves is the text of strangers. Many of these programs
// replace references to environment variables and files in what they read; none of
// that text may become one: see escape and baseURL. No form has credentials; where
// one needs a key, it names the environment variable that KeyVariable is.
package format
