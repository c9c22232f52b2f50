// Package browser tries the page of the listing API in Chromium, by playwright-core;
// its tests are the JavaScript files beside this. TestPageInBrowser of package api starts
// the API in each of its states and runs them. What they need is locked in
// package-lock.json and stays out of the product: a browser comes with it.
package browser
