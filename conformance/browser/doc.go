// Package browser tries pages in Chromium, by playwright-core. The JavaScript files beside
// this are the tests of the page of the listing API, and what those of another page share
// with them. TestPageInBrowser of package api starts the API in each of its states and
// runs them. What they need is locked in package-lock.json and stays out of the product: a
// browser comes with it.
package browser
